import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../json-schema.js'
import { jsonTypeOf, jsonTypesOf } from '../schema-type.js'
import { fieldsOf, sampleOf, withFields, type Field } from './fields.js'
import type { SchemaOperation, Site, Step } from './operation.js'

/** What {@link defaultChanged} is told. */
export interface DefaultChangedSpec {
  readonly field: string
  /** the default that older clients were promised; a JSON value */
  readonly before: unknown
  /** the default of the newer version; left out where it has none any more */
  readonly after?: unknown
}

/**
 * Gives a field another default. A request of an older client that leaves the field out stands for the older default,
 * which is written out; a response that leaves it out stands for the newer one, which is written out for older clients.
 *
 * @example change('a page holds 20 orders', 'GET /orders querystring', defaultChanged({ field: 'limit', before: 10, after: 20 }))
 */
export function defaultChanged (spec: DefaultChangedSpec): SchemaOperation {
  const { field, before, after } = spec
  const type = { type: jsonTypeOf(before) }
  return {
    kind: 'default-changed',
    before: {},
    after: {},
    lossy: { why: `a \`${field}\` that is left out stands for another value on each side, and is written out` },
    sample: () => sampleOf({ [field]: { ...type, ...(after === undefined ? {} : { default: after }) } }),
    touches: () => [field],
    recognisedBy: 'content',
    undo: (newer, site) => undoDefault(newer, site, spec),
    // the older schema's validator has applied the older default before the upgrade
    moves: (step, direction) => direction === 'downgrade' && after !== undefined && isAbout(step, field) ? [{ kind: 'default', name: field, value: after }] : [],
    lacks: () => undefined
  }
}

function isAbout ({ older, newer }: Step, name: string): boolean {
  const defaultIn = (schema: JsonSchema) => fieldsOf(schema).find((field) => field.name === name)?.schema.default
  return !isDeepStrictEqual(defaultIn(older), defaultIn(newer))
}

function undoDefault (newer: JsonSchema, site: Site, { field: name, before, after }: DefaultChangedSpec): JsonSchema {
  if (before === undefined) site.misfit('has no `before`: say what a request that left the field out stood for')
  if (isDeepStrictEqual(before, after)) site.misfit(`changes nothing: \`before\` and \`after\` are both ${JSON.stringify(before)}`)
  const field = fieldsOf(newer).find((candidate) => candidate.name === name)
  const initial = field === undefined ? undefined : field.schema.default ?? site.resolve(field.schema).default
  // a variant may leave the field out, or its default
  if (site.follows && (field === undefined || !isDeepStrictEqual(initial, after))) return newer
  if (field === undefined) return site.misfit(`changes the default of \`${name}\`, but there is no such field: correct the name, or the schema`)
  checkDefault(field, initial, site, { before, after })
  return withFields(newer, fieldsOf(newer).map((other) => other.name === name ? { ...other, schema: { ...other.schema, default: before } } : other))
}

function checkDefault ({ name, schema }: Field, initial: unknown, site: Site, { before, after }: Pick<DefaultChangedSpec, 'before' | 'after'>): void {
  if (!isDeepStrictEqual(initial, after)) site.misfit(`the default of \`${name}\` is ${JSON.stringify(initial) ?? 'not there'} at this version, not ${JSON.stringify(after) ?? 'left out'}: correct \`after\`, or the schema`)
  const types = jsonTypesOf(schema, site.resolve)
  const type = jsonTypeOf(before)
  if (types.size > 0 && !types.has(type) && !(type === 'number' && types.has('integer'))) site.misfit(`\`before\` is ${type}, but \`${name}\` is ${[...types].join(' or ')}: correct \`before\``)
}
