import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { JsonSchema } from '../json-schema.js'
import { fieldsOf, isOptional, sampleOf, withFields } from './fields.js'
import type { SchemaOperation, Site, Step } from './operation.js'
import { checkStatedValues } from './stated-values.js'

/**
 * Removes fields that older clients still send (dropped) and see (filled).
 *
 * @param spec.before the fields that went
 * @param spec.value what older clients read, where their version requires the field; a field without a value is absent
 * @example remove({ before: { fax: Type.Union([Type.String(), Type.Null()]) }, value: { fax: null } })
 */
export function remove <Before extends Record<string, TSchema>> (spec: { readonly before: Before, readonly value?: Partial<Static<TObject<Before>>> }): SchemaOperation {
  const names = Object.keys(spec.before)
  const values = new Map<string, unknown>(Object.entries(spec.value ?? {}))
  const filled = (step: Step) => fieldsOf(step.older).filter((field) => names.includes(field.name))
  return {
    kind: 'remove',
    before: spec.before,
    after: {},
    lossy: { why: 'the fields that went are no longer kept' },
    sample: () => sampleOf({}),
    touches: () => [],
    undo: (newer, site) => undoRemove(newer, site, values),
    moves: (step, direction) => direction === 'upgrade'
      ? [{ kind: 'drop', names }]
      : filled(step).flatMap(({ name }) => values.has(name) ? [{ kind: 'fill', name, value: values.get(name) }] : []),
    lacks: (step, direction) => {
      const missing = direction === 'downgrade' ? filled(step).find(({ name, required }) => required && !values.has(name)) : undefined
      return missing === undefined ? undefined : `has no \`value.${missing.name}\`, which older clients are promised`
    }
  }
}

function undoRemove (newer: JsonSchema, site: Site, values: ReadonlyMap<string, unknown>): JsonSchema {
  const fields = fieldsOf(newer)
  const before = Object.entries(site.before)
  if (before.length === 0) site.misfit('removes nothing: give the fields that went in `before`')
  checkStatedValues(site, values, new Map(before))
  const restored = before.flatMap(([name, schema]) => {
    const taken = fields.some((field) => field.name === name)
    const remade = site.follows ? site.remade(name) : { required: true }
    if (taken && !site.follows) site.misfit(`removes \`${name}\`, but it is still there: take it out of the schema, or name the field that went`)
    return taken || remade === undefined ? [] : [{ name, schema, required: remade.required && !isOptional(schema) }]
  })
  return restored.length === 0 ? newer : withFields(newer, [...fields, ...restored])
}
