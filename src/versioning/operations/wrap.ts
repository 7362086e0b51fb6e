import { branchesOf, isNullSchema, isRecord, type JsonSchema } from '../json-schema.js'
import { isNullable, jsonTypeOf, jsonTypesOf, withNull } from '../schema-type.js'
import { fieldsOf, sampleOf, withFields, type Field } from './fields.js'
import { nameInConditions } from './keyword-names.js'
import { twiceIn } from './nested-object.js'
import type { Direction, SchemaOperation, Site, Step } from './operation.js'
import type { Scalar, UnwrapMove, WrapMove } from './value-moves.js'

/** What {@link wrap} is told. */
export interface WrapSpec {
  /** older field of one value → newer field of a list; both may have the same name */
  readonly fields: Readonly<Record<string, string>>
  /**
   * by older field, the value that stands for the empty list, both ways
   * @default the field is absent
   */
  readonly empty?: Readonly<Record<string, Scalar>>
}

/**
 * Says that a field of one value is a list now. Older clients write a list of one, and see the first value of a list.
 *
 * @example change('a user has several emails', 'User', wrap({ fields: { email: 'emails' }, empty: { email: null } }))
 */
export function wrap (spec: WrapSpec): SchemaOperation {
  const pairs = Object.entries(spec.fields)
  const newNames = pairs.map(([, newer]) => newer)
  const empties = new Map(Object.entries(spec.empty ?? {}))
  return {
    kind: 'wrap',
    before: {},
    after: {},
    lossy: { why: 'older clients see and write only the first value of a list' },
    sample: () => sampleOf(Object.fromEntries(newNames.map((name) => [name, { type: 'array', items: {} }]))),
    touches: () => newNames,
    undo: (newer, site) => undoWrap(newer, site, pairs, empties),
    moves: (step, direction) => pairs.flatMap(([older, newer]) => moveOf(step, direction, older, newer, empties.get(older))),
    lacks: () => undefined
  }
}

function moveOf (step: Step, direction: Direction, older: string, newer: string, empty: Scalar | undefined): ReadonlyArray<WrapMove | UnwrapMove> {
  const field = fieldsOf(step.newer).filter(({ name }) => name === newer)
  return field.flatMap(({ schema, required }) => listOf(schema, step.resolve).map(({ items, isNullable: passesNull }) => direction === 'upgrade'
    ? { kind: 'wrap', from: older, to: newer, empty, emptyWhenAbsent: required, passesNull }
    : { kind: 'unwrap', from: newer, to: older, empty, items }))
}

interface List { readonly schema: JsonSchema, readonly items: JsonSchema, readonly isNullable: boolean }

/** @returns the one list behind references and beside null; none where the schema is anything else, or a tuple */
function listOf (schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): readonly List[] {
  const target = resolve(schema)
  const [only, ...more] = (branchesOf(target) ?? [target]).filter((branch) => !isNullSchema(branch))
  if (only === undefined || more.length > 0) return []
  const list = resolve(only)
  const types = jsonTypesOf(list, resolve)
  if (!types.has('array') || [...types].some((type) => type !== 'array' && type !== 'null') || (list.items !== undefined && !isRecord(list.items))) return []
  return [{ schema: list, items: isRecord(list.items) ? list.items : {}, isNullable: isNullable(target, resolve) || types.has('null') }]
}

function undoWrap (newer: JsonSchema, site: Site, pairs: ReadonlyArray<readonly [string, string]>, empties: ReadonlyMap<string, Scalar>): JsonSchema {
  checkPairs(site, pairs, empties)
  const fields = fieldsOf(newer)
  const olderName = new Map(pairs.map(([older, fresh]) => [fresh, older]))
  const lost = pairs.find(([, fresh]) => !fields.some(({ name }) => name === fresh))
  if (lost !== undefined && !site.follows) site.misfit(`wraps \`${lost[0]}\` in \`${lost[1]}\`, but there is no such field: correct \`fields\`, or the schema`)
  const taken = pairs.find(([older, fresh]) => fields.some(({ name }) => name === older && !olderName.has(name)) && fields.some(({ name }) => name === fresh))
  if (taken !== undefined) site.misfit(`brings back \`${taken[0]}\`, but that name is taken: it is also there after the change`)
  const named = nameInConditions(newer, [...olderName.keys()])
  if (named !== undefined) site.misfit(`wraps in \`${named}\`, which a condition of the schema (\`anyOf\`, \`if\`, \`dependentRequired\`, …) names, and one value cannot take its place there: leave the condition to the handler`)
  if (!fields.some(({ name }) => olderName.has(name))) return newer
  return withFields(newer, fields.map((field) => {
    const older = olderName.get(field.name)
    return older === undefined ? field : unwrapped(older, field, site, empties)
  }))
}

/** The field as it was: required where a list always gives a value. */
function unwrapped (name: string, { name: fresh, schema, required }: Field, site: Site, empties: ReadonlyMap<string, Scalar>): Field {
  const [list = site.misfit(`wraps \`${name}\` in \`${fresh}\`, which is no list: correct \`fields\`, or the schema`)] = listOf(schema, site.resolve)
  const empty = empties.get(name)
  const types = jsonTypesOf(list.items, site.resolve)
  const type = jsonTypeOf(empty)
  if (empty !== undefined && empty !== null && types.size > 0 && !types.has(type) && !(type === 'number' && types.has('integer'))) {
    site.misfit(`\`empty.${name}\` is ${type}, but \`${fresh}\` holds ${[...types].join(' or ')}: correct \`empty\``)
  }
  const admitsNull = list.isNullable || empty === null
  const never = typeof list.schema.minItems === 'number' && list.schema.minItems > 0
  return {
    name,
    schema: admitsNull && !isNullable(list.items, site.resolve) ? withNull(list.items) : list.items,
    required: required && (never || empty !== undefined)
  }
}

function checkPairs (site: Site, pairs: ReadonlyArray<readonly [string, string]>, empties: ReadonlyMap<string, Scalar>): void {
  if (pairs.length === 0) site.misfit('wraps nothing: give the older and the newer field in `fields`')
  const twice = twiceIn(pairs.map(([, fresh]) => fresh))
  if (twice !== undefined) site.misfit(`wraps two fields in \`${twice}\`: each list comes from one field`)
  const unknown = [...empties.keys()].find((name) => !pairs.some(([older]) => older === name))
  if (unknown !== undefined) site.misfit(`gives \`empty.${unknown}\`, but wraps no such field: correct \`empty\``)
}
