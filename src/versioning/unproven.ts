import { isDeepStrictEqual } from 'node:util'
import { closeSchema } from './close-schema.js'
import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { isObjectSchema, isSchemaMap, propertiesOf, refOf, requiredOf, subschemasOf, type JsonSchema } from './json-schema.js'
import { flowsOf } from './operations/flows.js'
import { fieldMoves, type FieldMove } from './operations/operation.js'
import type { Reach } from './reach.js'

/**
 * Finds what of head's schema remains to be shown of a value that was valid in an older version and then upgraded: a field that
 * only had another name until now, and the same schema, need not be validated twice.
 *
 * @returns head's schema, closed, in which such fields admit anything; null where there is no such field, or where that cannot be told
 */
export function findUnproven (derived: Derived, reach: Reach, key: string, route: Route): JsonSchema | null {
  if (holdsMerged(derived, key)) return null
  const proven = provenFields(derived, reach, key, route)
  const head = closeSchema(key, route.to, derived, reach)
  // of what is closed an upgrade carries nothing over that head does not name
  const { additionalProperties: _, ...rest } = head
  const open: JsonSchema = {
    ...isClosed(derived.stateOf(key, route.from)) ? rest : head,
    properties: Object.fromEntries(Object.entries(propertiesOf(head)).map(([name, schema]) => [name, proven.has(name) ? {} : schema])),
    required: [...requiredOf(head)].filter((name) => proven.get(name) !== true)
  }
  const definitions = isSchemaMap(head.$defs) ? Object.values(head.$defs) : []
  // such a validator answers later
  if (proven.size === 0 || head.$async !== undefined) return null
  return [open, ...definitions].every(refersToDefinitionsOnly) ? open : null
}

/** Fields of head whose values come from one field of the older version each, with the same schema and untouched; true for those that are there for sure. */
function provenFields ({ stateOf, stepsOf }: Derived, reach: Reach, key: string, { from, to, use }: Route): ReadonlyMap<string, boolean> {
  const [older, newer] = [stateOf(key, from), stateOf(key, to)]
  if (!isObjectSchema(older) || !isObjectSchema(newer)) return new Map()
  const needed = requiredOf(older)
  let carried = new Map(Object.entries(propertiesOf(older)).map(([name, schema]) => [name, { schema, isRequired: needed.has(name) }]))
  for (let index = from + 1; index <= to; index++) {
    for (const step of stepsOf(key, index)) for (const move of fieldMoves(step, 'upgrade', use)) carried = carry(carried, move)
  }
  const proven = Object.entries(propertiesOf(newer)).flatMap(([name, schema]): Array<[string, boolean]> => {
    const field = carried.get(name)
    return field !== undefined && isDeepStrictEqual(field.schema, schema) && !reach.differs(schema, from, to) ? [[name, field.isRequired]] : []
  })
  return new Map(proven)
}

/** A field of the older version, under the name that it has by now. */
interface Carried { readonly schema: JsonSchema, readonly isRequired: boolean }

function carry (carried: ReadonlyMap<string, Carried>, move: FieldMove): Map<string, Carried> {
  const newName = new Map(move.kind === 'rename' ? move.pairs : [])
  const touched = new Set(move.kind === 'rename' ? newName.values() : namesIn(move))
  const kept = [...carried].filter(([name]) => !newName.has(name) && !touched.has(name))
  const renamed = [...newName].flatMap(([older, newer]): Array<[string, Carried]> => {
    const field = carried.get(older)
    return field === undefined ? [] : [[newer, field]]
  })
  return new Map([...kept, ...renamed])
}

function namesIn (move: FieldMove): readonly string[] {
  if (move.kind === 'drop') return move.names
  if (move.kind === 'fill') return [move.name]
  if (move.kind === 'call') return [...move.reads, ...move.writes]
  return flowsOf(move).flatMap(({ from: [from = ''], to: [to = ''] }) => [from, to])
}

/** A merged intersection admits more than its parts do, each of which may be closed or limit the same field. */
function holdsMerged ({ units, stateOf, headIndex, survey }: Derived, key: string): boolean {
  const reached = new Set([key])
  // the set grows while it is walked
  for (const each of reached) for (const ref of survey(stateOf(each, headIndex)).refs) if (units.has(ref)) reached.add(ref)
  return [...reached].some((each) => units.get(each)?.isMerged === true)
}

function isClosed ({ additionalProperties, patternProperties }: JsonSchema): boolean {
  return additionalProperties === false && patternProperties === undefined
}

/** Whatever leads into the root may lead to a field that is open now. */
function refersToDefinitionsOnly (schema: JsonSchema): boolean {
  const ref = refOf(schema)
  const isDefinition = ref === undefined || /^#\/\$defs\/[^/]+$/.test(ref)
  return isDefinition && subschemasOf(schema).every((below) => refersToDefinitionsOnly(below.schema))
}
