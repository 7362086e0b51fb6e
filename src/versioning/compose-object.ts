import { literalKey, readField, startCode, writeField, type Code } from './code.js'
import { composeCall } from './compose-call.js'
import { composeRest } from './compose-rest.js'
import type { Converter, Route, Workshop } from './converters.js'
import { propertiesOf, requiredOf, schemaAt, type JsonSchema } from './json-schema.js'
import { fieldsOf } from './operations/fields.js'
import { fieldMoves, type Direction, type FieldMove, type Step } from './operations/operation.js'
import { takeSlot, type Slot } from './slots.js'

/** One object schema on its way from a version to another. */
export interface ObjectPlan {
  readonly name: string
  readonly from: JsonSchema
  readonly to: JsonSchema
  readonly steps: ReadonlyArray<{ readonly step: Step, readonly direction: Direction }>
  readonly route: Route
}

/** The function being written: fields by name, and the means to write more of it. */
export interface Composer {
  readonly code: Code
  readonly fields: Map<string, Slot>
  readonly workshop: Workshop
  readonly upgrades: boolean
  /** @returns source of a slot's value as of a version */
  valueAt (slot: Slot, index: number): string
}

/**
 * Writes one straight-line function for all steps of an object between two versions: renames cost one property read
 * however many there are, only functions of version files and conversions of nested schemas remain as calls.
 */
export function composeObject (workshop: Workshop, plan: ObjectPlan): Converter {
  const { route, from } = plan
  const code = startCode()
  const composer: Composer = { code, fields: new Map(), workshop, upgrades: route.from < route.to, valueAt }
  function valueAt (slot: Slot, index: number): string {
    // what a function of the same version has written is of that version already, whoever reads it there
    if (composer.upgrades ? index <= slot.at : index >= slot.at) return slot.expression
    const convert = workshop.schema(slot.schema, { ...route, from: slot.at, to: index })
    return convert === null ? slot.expression : `${code.bind(convert)}(${slot.expression}, context)`
  }
  code.line('if (v === null || typeof v !== "object") return v')
  if (!composer.upgrades) code.line('if (typeof v.toJSON === "function") { v = v.toJSON(); if (v === null || typeof v !== "object") return v }')
  for (const [name, schema] of Object.entries(propertiesOf(from))) {
    composer.fields.set(name, { expression: readField('v', name), schema, at: route.from, origin: name })
  }
  for (const { step, direction } of plan.steps) {
    for (const move of fieldMoves(step, direction, route.use)) composeMove(composer, move, step, direction)
  }
  writeResult(composer, plan)
  return code.build(`${plan.name}/${route.from}-${route.to}`)
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
    case 'fill': {
      const { value } = move
      const expression = typeof value === 'object' && value !== null ? `structuredClone(${code.bind(value)})` : code.bind(value)
      fields.set(move.name, { expression, schema: schemaOf(move.name), at: side.write, origin: move.name })
      break
    }
    case 'map': {
      const slot = takeSlot(fields, move.name)
      const run = code.bind((value: unknown) => value === undefined ? undefined : move.run(value))
      fields.set(move.name, { expression: `${run}(${composer.valueAt(slot, side.read)})`, schema: schemaOf(move.name), at: side.write, origin: slot.origin })
      break
    }
    case 'call': composeCall(composer, move, { ...side, schemaOf, resolve: step.resolve })
  }
}

function writeResult (composer: Composer, { to, route, from, steps }: ObjectPlan): void {
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
  code.line(`const out = { ${literal.join(', ')} }`)
  for (const [name, expression] of conditional) {
    const local = code.local()
    code.line(`const ${local} = ${expression}\nif (${local} !== undefined) ${writeField('out', name, local)}`)
  }
  const known = [from, to, ...steps.flatMap(({ step }) => [step.older, step.newer])].flatMap((schema) => Object.keys(propertiesOf(schema)))
  composeRest(composer, from, route, new Set(known))
  code.line('return out')
}
