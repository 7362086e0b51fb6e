import { literalKey, literalOf, readField, writeField, type Code } from './code.js'
import { composeCall } from './compose-call.js'
import { composeRest } from './compose-rest.js'
import { composeValueMove } from './compose-value.js'
import { composeSchema, type Writer } from './compose-schema.js'
import type { Route, Workshop } from './converters.js'
import { propertiesOf, requiredOf, schemaAt, type JsonSchema } from './json-schema.js'
import { fieldsOf } from './operations/fields.js'
import { fieldMoves, type Direction, type FieldMove, type Step } from './operations/operation.js'
import { takeSlot, type Slot } from './slots.js'

/** One object schema on its way from a version to another. */
export interface ObjectPlan {
  /** the local variable that holds the object; anything else has been dealt with */
  readonly value: string
  readonly from: JsonSchema
  readonly to: JsonSchema
  readonly steps: ReadonlyArray<{ readonly step: Step, readonly direction: Direction }>
  readonly route: Route
}

/** The object being written: fields by name, and the means to write more of it. */
export interface Composer {
  readonly code: Code
  readonly fields: Map<string, Slot>
  readonly workshop: Workshop
  readonly upgrades: boolean
  /** the local variable that holds the object as it is given */
  readonly value: string
  /** @returns source of a slot's value as of a version, to be used once; what it needs is written where this is called */
  valueAt (slot: Slot, index: number): string
}

/**
 * Writes straight-line code for all steps of an object between two versions: renames cost one property read
 * however many there are, only functions of version files and conversions of other units remain as calls.
 *
 * @returns the local variable that holds the result
 */
export function composeObject (writer: Writer, plan: ObjectPlan): string {
  const { code, workshop } = writer
  const { route, from, value } = plan
  const composer: Composer = { code, workshop, fields: new Map(), upgrades: route.from < route.to, value, valueAt }
  function valueAt (slot: Slot, index: number): string {
    // what a function of the same version has written is of that version already, whoever reads it there
    if (composer.upgrades ? index <= slot.at : index >= slot.at) return slot.expression
    return composeSchema(writer, slot.expression, slot.schema, { ...route, from: slot.at, to: index })
  }
  for (const [name, schema] of Object.entries(propertiesOf(from))) {
    composer.fields.set(name, { expression: readField(value, name), schema, at: route.from, origin: name })
  }
  for (const { step, direction } of plan.steps) {
    for (const move of fieldMoves(step, direction, route.use)) composeMove(composer, move, step, direction)
  }
  return writeResult(composer, plan)
}

function composeMove (composer: Composer, move: FieldMove, step: Step, direction: Direction): void {
  const { fields, code } = composer
  const side = direction === 'upgrade'
    ? { read: step.index - 1, write: step.index, schemas: propertiesOf(step.newer) }
    : { read: step.index, write: step.index - 1, schemas: propertiesOf(step.older) }
  const schemaOf = (name: string) => schemaAt(side.schemas, name)
  switch (move.kind) {
    case 'rename': {
      const taken = move.pairs.map(([from, to]) => ({ to, slot: takeSlot(fields, from) }))
      for (const { to, slot } of taken) fields.set(to, slot)
      break
    }
    case 'drop':
      for (const name of move.names) takeSlot(fields, name)
      break
    case 'fill':
      fields.set(move.name, { expression: literalOf(code, move.value), schema: schemaOf(move.name), at: side.write, origin: move.name })
      break
    case 'map': {
      const slot = takeSlot(fields, move.name)
      const local = code.local()
      code.line(`let ${local} = ${composer.valueAt(slot, side.read)}`)
      code.line(`if (${local} !== undefined) ${local} = ${code.bind(move.run, `mapping of ${step.source}`)}(${local})`)
      fields.set(move.name, { expression: local, schema: schemaOf(move.name), at: side.write, origin: slot.origin })
      break
    }
    case 'call': return composeCall(composer, move, { ...side, schemaOf, resolve: step.resolve, source: step.source })
    default: composeValueMove(composer, move, { ...side, schemaOf })
  }
}

function writeResult (composer: Composer, { to, route, from, steps }: ObjectPlan): string {
  const { code, fields, upgrades } = composer
  const required = requiredOf(to)
  const literal: string[] = []
  const conditional: Array<[string, string]> = []
  for (const { name } of fieldsOf(to)) {
    const slot = fields.get(name)
    if (slot === undefined) continue
    const expression = composer.valueAt(slot, route.to)
    // a fixed literal is what V8 builds fastest; only requests must not hold keys that are undefined
    if (upgrades && !required.has(name)) conditional.push([name, expression])
    else literal.push(`${literalKey(name)}: ${expression}`)
  }
  const result = code.local()
  code.line(`const ${result} = { ${literal.join(', ')} }`)
  for (const [name, expression] of conditional) {
    const local = code.local()
    code.line(`const ${local} = ${expression}\nif (${local} !== undefined) ${writeField(result, name, local)}`)
  }
  const known = [from, to, ...steps.flatMap(({ step }) => [step.older, step.newer])].flatMap((schema) => Object.keys(propertiesOf(schema)))
  composeRest(composer, result, from, route, new Set(known))
  return result
}
