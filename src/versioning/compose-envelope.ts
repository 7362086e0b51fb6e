import { asObjectSchema, bareList, onBareList } from './bare-list.js'
import { literalKey, readField } from './code.js'
import { composeObject, type ObjectPlan } from './compose-object.js'
import { composeJsonObject, type Writer } from './compose-schema.js'

/** Writes the whole function of a unit that is a bare list on one end and a page on the other. */
export function composeEnvelope (writer: Writer, plan: ObjectPlan): void {
  const { code } = writer
  const [from, to] = [asObjectSchema(plan.from), asObjectSchema(plan.to)]
  const steps = plan.steps.map(({ step, direction }) => ({ step: onBareList(step), direction }))
  let { value } = plan
  if (from === plan.from) composeJsonObject(code, value, plan.route, `return ${value}`)
  else {
    const given = value
    value = code.local()
    code.line(`if (!Array.isArray(${given})) return ${given}`)
    code.line(`const ${value} = { ${literalKey(bareList)}: ${given} }`)
  }
  const result = composeObject(writer, { ...plan, value, from, to, steps })
  code.line(`return ${to === plan.to ? result : readField(result, bareList)}`)
}
