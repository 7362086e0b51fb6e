import { composeObject } from './compose-object.js'
import { planUnion } from './plan-union.js'
import type { Derived } from './derive.js'
import { branchesOf, isList, isObjectSchema, isRecord, refOf, type JsonSchema } from './json-schema.js'
import { valueMoves, type Direction, type Use, type ValueMove } from './operations/operation.js'
import type { ConversionContext } from './load-context.js'
import type { Reach } from './reach.js'

/** Converts one value; never mutates it. `context` is what look-ups need, and is handed on to every converter that is called. */
export type Converter = (value: unknown, context?: ConversionContext) => unknown

/** From where to where, and as what. */
export interface Route {
  readonly from: number
  readonly to: number
  readonly use: Use
}

/** The compiled conversions of one contract, made when first called and kept. */
export interface Converters {
  /** @returns the conversion of a unit; null when its values are the same on both ends */
  unit (key: string, route: Route): Converter | null
  /** @returns the conversion of a schema as of version `route.from`; null when its values are the same on both ends */
  schema (schema: JsonSchema, route: Route): Converter | null
}

/** What the parts of a conversion are built from. */
export interface Workshop extends Converters {
  readonly derived: Derived
  readonly reach: Reach
}

/** Opens an empty store of conversions. */
export function createConverters (derived: Derived, reach: Reach): Converters {
  const compiled = new Map<string, Converter>()
  const workshop: Workshop = { derived, reach, unit, schema: (schema, route) => convertSchema(workshop, schema, route) }

  function unit (key: string, { from, to, use }: Route): Converter | null {
    const route = { from: reach.canonical(key, from), to: reach.canonical(key, to), use }
    if (route.from === route.to || !derived.units.has(key)) return null
    const name = `${route.from} ${route.to} ${use} ${key}`
    const known = compiled.get(name)
    if (known !== undefined) return known
    let built: Converter | undefined
    // built when first called: start-up stays short, and a schema that holds itself finds its own conversion here
    const converter: Converter = (value, context) => (built ??= convertUnit(workshop, key, route))(value, context)
    compiled.set(name, converter)
    return converter
  }
  return workshop
}

function convertUnit (workshop: Workshop, key: string, route: Route): Converter {
  const { derived } = workshop
  const schema = derived.stateOf(key, route.from)
  const steps = directedSteps(derived, key, route)
  if (isObjectSchema(schema)) {
    return composeObject(workshop, { name: key, from: schema, to: derived.stateOf(key, route.to), steps, route })
  }
  const inner = convertSchema(workshop, schema, route) ?? ((value: unknown) => value)
  const maps = steps.flatMap(({ step, direction }) => valueMoves(step, direction, route.use))
  return maps.reduce<Converter>((before, move) => (value, context) => move.run(before(value, context)), inner)
}

/** @returns the steps of a unit between two versions, in the order in which a value takes them */
export function directedSteps (derived: Derived, key: string, { from, to }: Route) {
  const steps = []
  for (let index = Math.min(from, to) + 1; index <= Math.max(from, to); index++) steps.push(...derived.stepsOf(key, index))
  const direction: Direction = from < to ? 'upgrade' : 'downgrade'
  if (direction === 'downgrade') steps.reverse()
  return steps.map((step) => ({ step, direction }))
}

function convertSchema (workshop: Workshop, schema: JsonSchema, route: Route): Converter | null {
  if (!workshop.reach.differs(schema, route.from, route.to)) return null
  const ref = refOf(schema)
  if (ref !== undefined) return workshop.unit(ref, route)
  const branches = branchesOf(schema)
  if (branches !== undefined) return planUnion(workshop.derived, workshop.reach, branches, route).converter(workshop)
  if (isObjectSchema(schema)) return composeObject(workshop, { name: 'inline', from: schema, to: schema, steps: [], route })
  return convertArray(workshop, schema, route)
}

function filterMaps (derived: Derived, schema: JsonSchema, route: Route): readonly ValueMove[] {
  const ref = refOf(schema)
  if (ref === undefined) return []
  const own = directedSteps(derived, ref, route).flatMap(({ step, direction }) => valueMoves(step, direction, route.use))
  return [...filterMaps(derived, derived.stateOf(ref, route.from), route), ...own]
}

function convertArray (workshop: Workshop, schema: JsonSchema, route: Route): Converter | null {
  const first = isList(schema.prefixItems) ? schema.prefixItems : isList(schema.items) ? schema.items : []
  const tuple = first.map((item) => isRecord(item) ? workshop.schema(item, route) : null)
  const restSchema = isList(schema.items) ? schema.additionalItems : schema.items
  const rest = isRecord(restSchema) ? workshop.schema(restSchema, route) : null
  const expand = route.use === 'filter' && isRecord(restSchema) ? expandOf(workshop, restSchema, route) : null
  if (expand !== null) return (value) => isList(value) ? [...new Set(value.flatMap(expand))] : value
  if (tuple.length === 0 && rest !== null) return (value, context) => isList(value) ? value.map((item) => rest(item, context)) : value
  return (value, context) => isList(value) ? value.map((item, index) => (index < tuple.length ? tuple[index] : rest)?.(item, context) ?? item) : value
}

/** In a filter, an enum value becomes all values that it stands for. */
function expandOf ({ derived }: Workshop, schema: JsonSchema, route: Route): ((value: unknown) => readonly unknown[]) | null {
  const maps = filterMaps(derived, schema, route)
  return maps.length === 0 ? null : (value) => maps.reduce<readonly unknown[]>((values, move) => values.flatMap(move.expand), [value])
}
