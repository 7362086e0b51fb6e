import { hasEnvelope, onBareList, throughEnvelope } from './bare-list.js'
import { carriesRest } from './compose-rest.js'
import { interpretValueMove, type Taken } from './interpret-value.js'
import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { expanderOf } from './expand-filter.js'
import { toJsonForm } from './json-form.js'
import { branchesOf, isList, isObjectSchema, isRecord, propertiesOf, refOf, schemaAt, type JsonSchema } from './json-schema.js'
import { lookFor, type ConversionContext } from './load-context.js'
import { fieldMoves, valueMoves, type CallMove, type Direction, type FieldMove, type Step, type ValueMove } from './operations/operation.js'
import { readOwnField } from './own-field.js'
import { planUnion } from './plan-union.js'
import type { Differences } from './reach.js'

interface Context { readonly derived: Derived, readonly reach: Differences, readonly loads?: ConversionContext | undefined }

/**
 * Converts a value change by change and version by version, the slow and plain way. The compiled functions have the
 * same results; the laws compare both.
 */
export function interpret (context: Context, key: string, value: unknown, { from, to, use }: Route): unknown {
  const towards = from < to ? 1 : -1
  let result = value
  for (let index = from; index !== to; index += towards) result = interpretSchema(context, { $ref: key }, result, { from: index, to: index + towards, use })
  return result
}

/** Converts a value of a schema that is no unit by one version. */
export function interpretSchema (context: Context, schema: JsonSchema, value: unknown, route: Route): unknown {
  const { derived, reach } = context
  if (value === undefined || !reach.differs(schema, route.from, route.to)) return value
  const ref = refOf(schema)
  if (ref !== undefined) return interpretUnit(context, ref, value, route)
  const given = route.from > route.to ? jsonOf(value) : value
  const branches = branchesOf(schema)
  if (branches !== undefined) {
    const branch = given instanceof Date ? undefined : planUnion(derived, reach, branches, route).branchOf(given)
    return branch === undefined ? given : interpretSchema(context, branch, given, route)
  }
  return isObjectSchema(schema) ? interpretObject(context, schema, schema, [], value, route) : interpretList(context, schema, given, route)
}

/** The serialiser knows how to write a date; of anything else it takes what `toJSON` gives. */
function jsonOf (value: unknown): unknown {
  return isRecord(value) && !(value instanceof Date) && typeof value.toJSON === 'function' ? value.toJSON() : value
}

function interpretUnit (context: Context, key: string, value: unknown, route: Route): unknown {
  const { derived } = context
  const schema = derived.stateOf(key, route.from)
  const steps = stepsOf(derived, key, route)
  if (hasEnvelope(steps)) {
    return throughEnvelope(schema, derived.stateOf(key, route.to), value, (from, to, given) => interpretObject(context, from, to, steps.map(onBareList), given, route))
  }
  if (isObjectSchema(schema)) return interpretObject(context, schema, derived.stateOf(key, route.to), steps, value, route)
  return wholeMaps(steps, route).reduce((result, move) => move.run(result), interpretSchema(context, schema, value, route))
}

function stepsOf (derived: Derived, key: string, { from, to }: Route): readonly Step[] {
  return from < to ? derived.stepsOf(key, to) : [...derived.stepsOf(key, from)].reverse()
}

function wholeMaps (steps: readonly Step[], route: Route): ValueMove[] {
  return steps.flatMap((step) => valueMoves(step, directionOf(route), route.use))
}

function directionOf ({ from, to }: Route): Direction {
  return from < to ? 'upgrade' : 'downgrade'
}

function interpretList (context: Context, schema: JsonSchema, value: unknown, route: Route): unknown {
  if (!isList(value)) return value
  const tuple = isList(schema.prefixItems) ? schema.prefixItems : isList(schema.items) ? schema.items : []
  const rest = isList(schema.items) ? schema.additionalItems : schema.items
  const expand = isRecord(rest) && route.use === 'filter' ? expanderOf(context.derived, context.reach, rest, route) : null
  if (expand !== null) return [...new Set(value.flatMap(expand))]
  return value.map((item, index) => {
    const items = index < tuple.length ? tuple[index] : rest
    return isRecord(items) ? interpretSchema(context, items, item, route) : item
  })
}

function interpretObject (context: Context, from: JsonSchema, to: JsonSchema, steps: readonly Step[], given: unknown, route: Route): unknown {
  const upgrades = route.from < route.to
  const value = !upgrades && isRecord(given) && typeof given.toJSON === 'function' ? given.toJSON() : given
  if (typeof value !== 'object' || value === null) return value
  // a field is brought to the other version when it is read, once: what a step has written is there already
  const pending = new Map<string, JsonSchema>(Object.entries(propertiesOf(from)))
  const fields = new Map<string, unknown>([...pending.keys()].map((name) => [name, readOwnField(value, name)]))
  for (const step of steps) {
    for (const move of fieldMoves(step, directionOf(route), route.use)) interpretMove(context, move, fields, pending, step, route)
  }
  for (const [name, schema] of pending) fields.set(name, interpretSchema(context, schema, fields.get(name), route))
  return result(context, { from, to, steps, value, fields, upgrades, route })
}

function interpretMove (context: Context, move: FieldMove, fields: Map<string, unknown>, pending: Map<string, JsonSchema>, step: Step, route: Route): void {
  const upgrades = route.from < route.to
  const take = (name: string) => {
    const taken = { value: fields.get(name), schema: pending.get(name) }
    fields.delete(name)
    pending.delete(name)
    return taken
  }
  if (move.kind === 'rename') {
    const taken = move.pairs.map(([from, to]) => ({ to, ...take(from) }))
    for (const { to, value, schema } of taken) {
      fields.set(to, value)
      if (schema !== undefined) pending.set(to, schema)
    }
  } else if (move.kind === 'drop') move.names.forEach(take)
  else if (move.kind === 'fill') fields.set(move.name, structuredClone(move.value))
  else if (move.kind === 'map') {
    const { value } = take(move.name)
    fields.set(move.name, value === undefined ? undefined : move.run(value))
  } else if (move.kind === 'call') {
    const schemas = propertiesOf(upgrades ? step.older : step.newer)
    const input = move.reads.map((name): [string, unknown] => [name, readJson(take(name).value, schemaAt(schemas, name), step, upgrades)])
    const output = interpretCall(context, move, new Map(input))
    for (const name of move.writes) fields.set(name, output === undefined ? undefined : readOwnField(output, name))
  } else {
    const put = (name: string, value: unknown, schema?: JsonSchema) => {
      fields.set(name, value)
      if (schema !== undefined) pending.set(name, schema)
    }
    const convert = ({ value, schema }: Taken) => schema === undefined ? value : interpretSchema(context, schema, value, route)
    interpretValueMove(move, { upgrades, take, put, convert, read: readOwnField })
  }
}

function readJson (value: unknown, schema: JsonSchema, step: Step, upgrades: boolean): unknown {
  if (upgrades) return value
  return toJsonForm(value === undefined ? schema.default ?? step.resolve(schema).default : value, schema, step.resolve)
}

function interpretCall ({ loads }: Context, move: CallMove, input: ReadonlyMap<string, unknown>): Record<string, unknown> | undefined {
  const values = [...input.values()]
  if (move.always !== true && values.every((value) => value === undefined)) return undefined
  const needed = [...input].filter(([name]) => !move.optional.has(name))
  const refused = needed.some(([name, value]) => value === null && !move.nullable.has(name))
  if ((move.passesNull && values.every((value) => value === null)) || (move.spreadsNull && refused)) {
    return Object.fromEntries(move.writes.map((name) => [name, null]))
  }
  const missing = needed.filter(([name, value]) => value === undefined || (value === null && !move.nullable.has(name)))
  if (missing.length > 0) return move.partial(missing.map(([name]) => name), move.reads)
  const optional = [...input].filter(([name, value]) => move.optional.has(name) && value !== undefined && (value !== null || move.nullable.has(name)))
  const given = Object.fromEntries([...needed, ...optional])
  if (move.load === undefined) return move.run(given)
  const loaded = lookFor(move.load, given, loads)
  return loaded === undefined ? undefined : move.run(given, loaded.value)
}

interface Parts {
  readonly from: JsonSchema
  readonly to: JsonSchema
  readonly steps: readonly Step[]
  readonly value: object
  readonly fields: ReadonlyMap<string, unknown>
  readonly upgrades: boolean
  readonly route: Route
}

function result (context: Context, { from, to, steps, value, fields, upgrades, route }: Parts): Record<string, unknown> {
  const entries: Array<[string, unknown]> = Object.keys(propertiesOf(to)).map((name) => [name, fields.get(name)])
  const known = new Set([from, to, ...steps.flatMap(({ older, newer }) => [older, newer])].flatMap((schema) => Object.keys(propertiesOf(schema))))
  if (carriesRest(from, upgrades)) {
    for (const [name, below] of Object.entries(value)) {
      if (!known.has(name) && name !== '__proto__') entries.push([name, interpretSchema(context, restSchema(from, name), below, route)])
    }
  }
  return Object.fromEntries(entries.filter(([, below]) => below !== undefined))
}

function restSchema ({ patternProperties, additionalProperties }: JsonSchema, name: string): JsonSchema {
  const patterns = Object.entries(isRecord(patternProperties) ? patternProperties : {})
  const schema = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name))?.[1] ?? additionalProperties
  return isRecord(schema) ? schema : {}
}
