import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../caught.js'
import { MisfitError } from '../errors.js'
import type { Derived } from './derive.js'
import { interpretSchema } from './interpret.js'
import { isList, mapSubschemas, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import type { Differences } from './reach.js'

/**
 * Brings the defaults of a unit to the terms of the version before `index`, once all other steps of that version are
 * undone: what a default holds of changed schemas changes as any value does.
 *
 * @returns the schema of the version before; the very same where none of its defaults differs
 * @throws FST_ERR_VINTAGE_MISFIT when a function that it needs is missing, or throws
 */
export function undoDefaults (derived: Derived, key: string, index: number): JsonSchema {
  const [newer, older] = [derived.stateOf(key, index), derived.stateOf(key, index - 1)]
  const reach = reachOf(derived, index)
  const route = { from: index, to: index - 1, use: 'value' as const }
  const downgrade = (schema: JsonSchema, value: unknown): unknown => {
    try {
      return tidy(value, interpretSchema({ derived, reach }, schema, value, route))
    } catch (cause) {
      throw new MisfitError(`A default in \`${derived.names.labelOf(key, index)}\` cannot be brought to version ${derived.versions[index - 1]}: ${messageOf(cause)} Correct the change, or leave the default out.`, { cause })
    }
  }
  // what a step has made anew is of the older version already
  const kept = new Set(defaultsIn(newer))
  const undo = (schema: JsonSchema): JsonSchema => {
    const copy = defaultsIn(schema).length > 0 ? mapSubschemas(schema, undo) : schema
    return kept.has(schema) && hasDefault(schema) ? withDefault(copy, schema, downgrade(schema, schema.default)) : copy
  }
  const below = defaultsIn(older).length > 0 ? mapSubschemas(older, undo) : older
  const isOwn = hasDefault(older) && older.default === newer.default && typeof older.default === 'object'
  return withDefaultsOf(older, isOwn ? withDefault(below, older, downgrade({ $ref: key }, older.default)) : below)
}

/** @returns whether a schema has a default that may hold something of another one, or of its own fields */
export function holdsDefaults (schema: JsonSchema): boolean {
  return defaultsIn(schema).length > 0 || (hasDefault(schema) && typeof schema.default === 'object')
}

function hasDefault ({ default: initial }: JsonSchema): boolean {
  return initial !== undefined && initial !== null
}

/** @returns the schemas below that have a default and refer to others */
function defaultsIn (schema: JsonSchema): JsonSchema[] {
  return subschemasOf(schema).flatMap(({ schema: below }) => [...hasDefault(below) && refersOn(below) ? [below] : [], ...defaultsIn(below)])
}

function refersOn (schema: JsonSchema): boolean {
  return refOf(schema) !== undefined || subschemasOf(schema).some(({ schema: below }) => refersOn(below))
}

function withDefault (copy: JsonSchema, schema: JsonSchema, initial: unknown): JsonSchema {
  if (initial === undefined) {
    const { default: _, ...rest } = copy
    return rest
  }
  return isDeepStrictEqual(initial, schema.default) ? copy : { ...copy, default: initial }
}

/** @returns the older schema itself where nothing has changed */
function withDefaultsOf (older: JsonSchema, undone: JsonSchema): JsonSchema {
  return isDeepStrictEqual(older, undone) ? older : undone
}

/** JSON, and of several new values that are one older value that one only. */
function tidy (given: unknown, value: unknown): unknown {
  // the older version has nothing that the default could be
  const json: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value))
  return isList(json) && isList(given) && new Set(given).size === given.length ? json.filter((one, place) => typeof one === 'object' || json.indexOf(one) === place) : json
}

/** Of one version: a schema differs where a step of it can be reached. */
function reachOf ({ stepsOf, stateOf, survey }: Derived, index: number): Differences {
  const isReached = (key: string, seen: Set<string>): boolean => {
    if (seen.has(key)) return false
    seen.add(key)
    return stepsOf(key, index).length > 0 || [index, index - 1].some((at) => [...survey(stateOf(key, at)).refs].some((ref) => isReached(ref, seen)))
  }
  return { differs: (schema) => [...survey(schema).refs].some((key) => isReached(key, new Set())) }
}
