import { hasEnvelope } from './bare-list.js'
import { startCode, type Code } from './code.js'
import { composeEnvelope } from './compose-envelope.js'
import { composeObject } from './compose-object.js'
import { composeJsonObject, composeSchema, type Writer } from './compose-schema.js'
import { directedSteps, type Route, type Workshop } from './converters.js'
import { isObjectSchema, literalsOf, type JsonSchema } from './json-schema.js'
import { valueMoves, type ValueMove } from './operations/operation.js'

/**
 * Writes the one function of a unit between two versions. Lists are loops in it, objects and unions without a name
 * stand where they are met; only other units, and functions of version files, are called.
 */
export function composeUnit (workshop: Workshop, key: string, route: Route): Code {
  const { derived } = workshop
  const code = startCode()
  const writer: Writer = { code, workshop, self: { key, route } }
  const from = derived.stateOf(key, route.from)
  const steps = directedSteps(derived, key, route)
  if (hasEnvelope(steps.map(({ step }) => step))) {
    composeEnvelope(writer, { value: 'v', from, to: derived.stateOf(key, route.to), steps, route })
    return code
  }
  if (isObjectSchema(from)) {
    composeJsonObject(code, 'v', route, 'return v')
    code.line(`return ${composeObject(writer, { value: 'v', from, to: derived.stateOf(key, route.to), steps, route })}`)
    return code
  }
  const moves = steps.flatMap(({ step, direction }) => valueMoves(step, direction, route.use).map((move) => ({ move, step })))
  const inner = composeSchema(writer, 'v', from, route)
  if (moves.length > 1) composeTable(code, from, moves.map(({ move }) => move))
  const result = moves.reduce((before, { move, step }) => `${code.bind(move.run, `mapping of ${step.source}`)}(${before})`, inner)
  code.line(`return ${result}`)
  return code
}

/** Writes a table of what becomes of the values of an enum, so that many changes of it cost one look-up. */
function composeTable (code: Code, schema: JsonSchema, moves: readonly ValueMove[]): void {
  const values = literalsOf(schema)?.filter((value) => typeof value === 'string') ?? []
  if (values.length === 0) return
  const table = new Map<unknown, unknown>(values.map((value) => [value, moves.reduce<unknown>((given, move) => move.run(given), value)]))
  code.line(`const known = ${code.bind(table, `${table.size} values of the enum, mapped`)}.get(v)\nif (known !== undefined) return known`)
}
