import { isRecord, type JsonSchema } from '../json-schema.js'
import { isNullable, withNull } from '../schema-type.js'
import { fieldsOf, sampleOf, withFields, type Field } from './fields.js'
import { nameInConditions } from './keyword-names.js'
import { isAmbiguous, nestedObjectOf, objectIn, pairsOf, twiceIn, type FieldNames, type NestedObject } from './nested-object.js'
import { flattenMoveOf, nestMoveOf } from './nest-moves.js'
import type { SchemaOperation, Site } from './operation.js'

/** What {@link nest} is told. */
export interface NestSpec {
  /** the field of the newer version that holds the object */
  readonly into: string
  /** the older fields by name, or old name → name in the object */
  readonly fields: FieldNames
}

/**
 * Says that fields which stood beside the others before are the fields of one object now. Values pass by reference.
 *
 * @example change('an address is one object', 'User', nest({ into: 'address', fields: ['street', 'city'] }))
 * @example change('an address is one object', 'User', nest({ into: 'address', fields: { address_street: 'street', address_city: 'city' } }))
 */
export function nest (spec: NestSpec): SchemaOperation {
  const { into } = spec
  const pairs = pairsOf(spec.fields)
  const inner = Object.fromEntries(pairs.map(([, key]) => [key, {}]))
  return {
    kind: 'nest',
    before: {},
    after: {},
    sample: () => sampleOf({ [into]: sampleOf(inner) }),
    touches: () => [into],
    losesOn: ({ newer, resolve }) => isAmbiguous(newer, into, resolve),
    undo: (newer, site) => undoNest(newer, site, into, pairs),
    moves: (step, direction) => direction === 'upgrade'
      ? [nestMoveOf(step, direction, into, pairs.map(([older, key]) => ({ beside: older, key })))]
      : [flattenMoveOf(step.newer, into, pairs.map(([older, key]) => ({ beside: older, key })), step)],
    lacks: (step, direction) => {
      if (direction === 'downgrade') return undefined
      const keys = pairs.map(([, key]) => key)
      const missing = fieldsOf(objectIn(step.newer, into, step.resolve).schema).find(({ name, required, schema }) => required && !keys.includes(name) && schema.default === undefined)
      return missing === undefined ? undefined : `does not say where \`${into}.${missing.name}\` comes from, which head requires and older clients do not send: name it in \`fields\`, or make it optional`
    }
  }
}

function undoNest (newer: JsonSchema, site: Site, into: string, pairs: ReadonlyArray<readonly [string, string]>): JsonSchema {
  checkPairs(site, into, pairs)
  const fields = fieldsOf(newer)
  const outer = fields.find(({ name }) => name === into)
  if (outer === undefined) return site.follows ? newer : site.misfit(`nests into \`${into}\`, but there is no such field: correct \`into\`, or the schema`)
  const object = nestedObjectOf(outer.schema, site.resolve)
  if (!object.isObject) site.misfit(`nests into \`${into}\`, which is no object: correct \`into\`, or the schema`)
  const inner = fieldsOf(object.schema)
  const lost = pairs.find(([, key]) => !inner.some(({ name }) => name === key))
  if (lost !== undefined && !site.follows) site.misfit(`nests \`${lost[0]}\`, but \`${into}\` has no field \`${lost[1]}\`: correct \`fields\`, or the schema`)
  const taken = pairs.find(([older]) => older !== into && fields.some(({ name }) => name === older))
  if (taken !== undefined) site.misfit(`brings back \`${taken[0]}\`, but that name is taken: it is also there after the change`)
  if (nameInConditions(newer, [into]) !== undefined) site.misfit(`nests into \`${into}\`, which a condition of the schema (\`anyOf\`, \`if\`, \`dependentRequired\`, …) names, and the old fields cannot take its place there: leave the condition to the handler`)
  const restored = pairs.flatMap(([older, key]) => {
    const field = inner.find(({ name }) => name === key)
    return field === undefined ? [] : [besideOf(older, key, field, outer, object, site)]
  })
  return restored.length === 0 ? newer : withFields(newer, fields.flatMap((field) => field === outer ? restored : [field]))
}

function checkPairs (site: Site, into: string, pairs: ReadonlyArray<readonly [string, string]>): void {
  if (pairs.length === 0) site.misfit(`nests nothing into \`${into}\`: name the older fields in \`fields\``)
  const twice = twiceIn(pairs.map(([, key]) => key)) ?? twiceIn(pairs.map(([older]) => older))
  if (twice !== undefined) site.misfit(`names \`${twice}\` twice in \`fields\`: each field of \`${into}\` comes from one older field`)
}

/** A field of the object as it stood beside the others: there as often as both are, null where either may be. */
function besideOf (name: string, key: string, { schema, required }: Field, outer: Field, object: NestedObject, site: Site): Field {
  const nullable = object.isNullable && !isNullable(schema, site.resolve) ? withNull(schema) : schema
  const initial = outer.schema.default ?? site.resolve(outer.schema).default
  const withDefault = isRecord(initial) && initial[key] !== undefined ? { ...nullable, default: initial[key] } : nullable
  return { name, schema: withDefault, required: outer.required && required }
}
