import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { schemaAt, type JsonSchema } from '../json-schema.js'
import { differenceOf } from '../schema-type.js'
import { fieldsOf, sampleOf, withFields } from './fields.js'
import type { SchemaOperation, Site, Step } from './operation.js'
import { checkStatedValues } from './stated-values.js'

/**
 * Adds fields that older clients neither send nor see.
 *
 * @param spec.after the new fields
 * @param spec.value what requests of older clients stand for; a default of head is never applied to them, so a field that
 * is required or has a default needs a value; any other without a value stays absent. A variant in which the field is
 * optional, such as a patch, is left without it
 * @example add({ after: { locale: Type.String() }, value: { locale: 'en' } })
 */
export function add <After extends Record<string, TSchema>> (spec: { readonly after: After, readonly value?: Partial<Static<TObject<After>>> }): SchemaOperation {
  const names = Object.keys(spec.after)
  const values = new Map<string, unknown>(Object.entries(spec.value ?? {}))
  return {
    kind: 'add',
    before: {},
    after: spec.after,
    lossy: { why: 'older clients neither send nor see the new fields' },
    sample: () => sampleOf(spec.after),
    touches: () => names,
    undo: (newer, site) => undoAdd(newer, site, values),
    moves: (step, direction) => {
      if (direction === 'downgrade') return [{ kind: 'drop', names }]
      return addedFields(step, names).flatMap(({ name, required, initial }) =>
        values.has(name) && (required || initial !== undefined || !step.follows) ? [{ kind: 'fill', name, value: values.get(name) }] : [])
    },
    lacks: (step, direction) => {
      const missing = direction === 'upgrade' ? addedFields(step, names).find(({ name, required, initial }) => (required || initial !== undefined) && !values.has(name)) : undefined
      if (missing === undefined) return undefined
      const reason = missing.required ? ', which head requires and older clients do not send' : ', and head has a default for it, which is not meant for older clients'
      return `has no \`value.${missing.name}\`${reason}`
    }
  }
}

function addedFields (step: Step, names: readonly string[]) {
  return fieldsOf(step.newer)
    .filter(({ name }) => names.includes(name))
    .map(({ name, required, schema }) => ({ name, required, initial: schema.default ?? step.resolve(schema).default }))
}

function undoAdd (newer: JsonSchema, site: Site, values: ReadonlyMap<string, unknown>): JsonSchema {
  const names = Object.keys(site.after)
  const fields = fieldsOf(newer)
  if (names.length === 0) site.misfit('adds nothing: give the new fields in `after`')
  checkStatedValues(site, values, new Map(Object.entries(site.after)))
  for (const name of names) {
    const field = fields.find((candidate) => candidate.name === name)
    if (field === undefined && !site.follows) site.misfit(`adds \`${name}\`, but there is no such field: correct \`after\`, or the schema`)
    if (field === undefined || site.follows) continue
    const path = differenceOf(schemaAt(site.after, name), field.schema, site.resolve)
    if (path !== undefined) site.misfit(`\`after.${name}${path}\` is of another type than the schema has at this version: correct the fragment, or write a change for the difference`)
  }
  const kept = fields.filter((field) => !names.includes(field.name))
  return kept.length === fields.length ? newer : withFields(newer, kept)
}
