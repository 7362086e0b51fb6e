import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { bareList } from '../bare-list.js'
import { isList, isRecord, type JsonSchema } from '../json-schema.js'
import { differenceOf, jsonTypesOf } from '../schema-type.js'
import { fieldsOf, sampleOf } from './fields.js'
import type { FieldMove, SchemaOperation, Site, Step } from './operation.js'

/** What {@link enveloped} is told. */
export interface EnvelopedSpec<After extends Record<string, TSchema>> {
  /** the field of the page that holds the list */
  readonly items: string
  /** the other fields of the page, which older clients neither send nor see; may be left out where only responses carry it */
  readonly after?: After
  /** what the other fields are when an older client sends a bare list; those that the page requires, or has a default for, need one */
  readonly value?: Partial<Static<TObject<After>>>
}

/**
 * Puts a list into a page: older clients know the bare list, newer ones an object that holds it.
 *
 * @example change('users come in pages', 'GET /users 200', enveloped({ items: 'data' }))
 * @example change('orders are sent in batches', 'OrderBatch', enveloped({ items: 'orders', after: { source: Type.String() }, value: { source: 'api' } }))
 */
export function enveloped <After extends Record<string, TSchema>> (spec: EnvelopedSpec<After>): SchemaOperation {
  const { items } = spec
  const after: Readonly<Record<string, TSchema>> = spec.after ?? {}
  const values = new Map<string, unknown>(Object.entries(spec.value ?? {}))
  return {
    kind: 'enveloped',
    before: {},
    after,
    lossy: { why: 'older clients neither send nor see the page around the list' },
    sample: () => sampleOf({ [items]: { type: 'array', items: {} }, ...after }),
    touches: () => [items],
    undo: (newer, site) => undoEnvelope(newer, site, items),
    moves: (step, direction) => direction === 'upgrade'
      ? [{ kind: 'rename', pairs: [[bareList, items]] }, ...fillsOf(step, items, values)]
      : [{ kind: 'drop', names: othersOf(step, items).map(({ name }) => name) }, { kind: 'rename', pairs: [[items, bareList]] }],
    lacks: (step, direction) => {
      const missing = direction === 'upgrade' ? neededOf(step, items).find(({ name }) => !values.has(name)) : undefined
      return missing === undefined ? undefined : `has no \`value.${missing.name}\`, which the page ${missing.required ? 'requires' : 'has a default for'} and older clients do not send`
    }
  }
}

function othersOf ({ newer }: Step, items: string) {
  return fieldsOf(newer).filter(({ name }) => name !== items)
}

function neededOf (step: Step, items: string) {
  return othersOf(step, items).filter(({ required, schema }) => required || (schema.default ?? step.resolve(schema).default) !== undefined)
}

function fillsOf (step: Step, items: string, values: ReadonlyMap<string, unknown>): FieldMove[] {
  return othersOf(step, items).flatMap(({ name }) => values.has(name) ? [{ kind: 'fill', name, value: values.get(name) }] : [])
}

function undoEnvelope (newer: JsonSchema, site: Site, items: string): JsonSchema {
  const list = fieldsOf(newer).find(({ name }) => name === items)
  if (list === undefined) return site.follows ? newer : site.misfit(`takes the list out of \`${items}\`, but there is no such field: correct \`items\`, or the schema`)
  if (!isArray(list.schema, site)) site.misfit(`takes the list out of \`${items}\`, but that is no list: correct \`items\`, or the schema`)
  for (const [name, fragment] of Object.entries(site.after)) checkField(name, fragment, newer, site)
  const initial = isRecord(newer.default) ? newer.default[items] : undefined
  return isList(initial) ? { ...list.schema, default: initial } : list.schema
}

function isArray (schema: JsonSchema, { resolve }: Site): boolean {
  const types = [...jsonTypesOf(schema, resolve)]
  return types.length === 1 && types[0] === 'array'
}

function checkField (name: string, fragment: JsonSchema, newer: JsonSchema, site: Site): void {
  const field = fieldsOf(newer).find((other) => other.name === name)
  if (field === undefined) return site.misfit(`has \`${name}\` beside the list, but there is no such field: correct \`after\`, or the schema`)
  const path = differenceOf(fragment, field.schema, site.resolve)
  if (path !== undefined) site.misfit(`\`after.${name}${path}\` is of another type than the schema has at this version: correct the fragment, or write a change for the difference`)
}
