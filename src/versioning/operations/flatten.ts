import type { JsonSchema } from '../json-schema.js'
import { fieldsOf, sampleOf, withFields } from './fields.js'
import { nameInConditions } from './keyword-names.js'
import { isAmbiguous, pairsOf, twiceIn, type FieldNames } from './nested-object.js'
import { flattenMoveOf, nestMoveOf } from './nest-moves.js'
import type { SchemaOperation, Site } from './operation.js'

/** What {@link flatten} is told. */
export interface FlattenSpec {
  /** the field of the older version that held the object */
  readonly from: string
  /** the newer fields by name, or name in the object → new name */
  readonly fields: FieldNames
  /**
   * more keywords of the object in the older version, for example a description
   * @default { additionalProperties: false } where the schema around it is closed as well
   */
  readonly before?: { readonly additionalProperties?: boolean, readonly description?: string, readonly title?: string }
}

/**
 * Says that the fields of one object of the older version stand beside the others now. Values pass by reference.
 *
 * @example change('an address is no object any more', 'User', flatten({ from: 'address', fields: { street: 'address_street', city: 'address_city' } }))
 */
export function flatten (spec: FlattenSpec): SchemaOperation {
  const { from } = spec
  const pairs = pairsOf(spec.fields)
  const names = pairs.map(([key, beside]) => ({ beside, key }))
  const newNames = pairs.map(([, newer]) => newer)
  return {
    kind: 'flatten',
    before: {},
    after: {},
    sample: () => sampleOf(Object.fromEntries(newNames.map((name) => [name, {}]))),
    touches: () => newNames,
    recognisedBy: 'all',
    losesOn: ({ older, resolve }) => isAmbiguous(older, from, resolve),
    undo: (newer, site) => undoFlatten(newer, site, spec, pairs),
    moves: (step, direction) => direction === 'upgrade'
      ? [flattenMoveOf(step.older, from, names, step)]
      : [nestMoveOf(step, direction, from, names)],
    lacks: () => undefined
  }
}

function undoFlatten (newer: JsonSchema, site: Site, { from, before }: FlattenSpec, pairs: ReadonlyArray<readonly [string, string]>): JsonSchema {
  checkPairs(site, from, pairs)
  const fields = fieldsOf(newer)
  const names = pairs.map(([, name]) => name)
  const found = fields.filter(({ name }) => names.includes(name))
  if (found.length === 0 && site.follows) return newer
  const lost = names.find((name) => !found.some((field) => field.name === name))
  if (lost !== undefined && !site.follows) site.misfit(`flattens \`${from}\` to \`${lost}\`, but there is no such field: correct \`fields\`, or the schema`)
  if (fields.some(({ name }) => name === from && !names.includes(name))) site.misfit(`brings back \`${from}\`, but that name is taken: it is also there after the change`)
  const named = nameInConditions(newer, names)
  if (named !== undefined) site.misfit(`flattens to \`${named}\`, which a condition of the schema (\`anyOf\`, \`if\`, \`dependentRequired\`, …) names, and a field of the old object cannot take its place there: leave the condition to the handler`)
  const inner = pairs.flatMap(([key, name]) => found.filter((field) => field.name === name).map((field) => ({ ...field, name: key })))
  const closed = newer.additionalProperties === false ? { additionalProperties: false } : {}
  const object = { name: from, schema: withFields({ type: 'object', ...closed, ...before }, inner), required: inner.some(({ required }) => required) }
  return withFields(newer, fields.flatMap((field) => field === found[0] ? [object] : found.includes(field) ? [] : [field]))
}

function checkPairs (site: Site, from: string, pairs: ReadonlyArray<readonly [string, string]>): void {
  if (pairs.length === 0) site.misfit(`flattens nothing out of \`${from}\`: name its fields in \`fields\``)
  const twice = twiceIn(pairs.map(([, name]) => name)) ?? twiceIn(pairs.map(([key]) => key))
  if (twice !== undefined) site.misfit(`names \`${twice}\` twice in \`fields\`: each new field comes from one field of \`${from}\``)
}
