import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { schemaAt, type JsonSchema } from '../json-schema.js'
import type { Load, LoadScope } from '../load-context.js'
import { differenceOf, isNullable, withNull } from '../schema-type.js'
import { fieldsOf, isOptional, sampleOf, withFields, type Field } from './fields.js'
import { nameInConditions } from './keyword-names.js'
import type { CallMove, Direction, SchemaOperation, Site, Step } from './operation.js'
import { bindLoad, bindUserFunction, refusePartial } from './user-function.js'

/** The fields of fragments, as TypeScript sees them. */
export type Fields<Map extends Record<string, TSchema>> = Static<TObject<Map>>
/** A field that the other side does not have is an error of the compiler, not silently dropped. */
export type Exactly<Wanted, Given> = Wanted & Record<Exclude<keyof Given, keyof Wanted>, never>

/** What a `downgrade` looks up before it is called. */
export interface LoadSpec<After extends Record<string, TSchema>, Key, Found> {
  /** @returns the key of what one object needs; null or undefined where it needs nothing. Synchronous and pure */
  readonly key: (after: Fields<After>) => Key | null | undefined
  /**
   * Finds what belongs to many keys; called once for a whole response.
   * @param keys each of them once
   * @param scope the request whose response this is, where there is one
   * @returns what was found; the function is given undefined for a key that is not in it
   */
  readonly many: (keys: Key[], scope: LoadScope) => Promise<ReadonlyMap<Key, Found>>
}

/** What {@link replace} is told. */
export interface ReplaceSpec<Before extends Record<string, TSchema>, After extends Record<string, TSchema>, Up extends Fields<After>, Down extends Fields<Before>, Key = never, Found = undefined> {
  /** fields of the older version; other schemas are written `ref('Id')` */
  readonly before: Before
  /** fields of the newer version */
  readonly after: After
  /** old fields → new fields; synchronous and pure; needed where a request carries the schema */
  readonly upgrade?: (before: Fields<Before>) => Up & Exactly<Fields<After>, Up>
  /** a look-up that `downgrade` needs, batched once for a response; write it above `downgrade`, so that TypeScript knows what was found */
  readonly load?: LoadSpec<After, Key, Found>
  /** new fields → old fields; synchronous and pure; needed where a response carries the schema. `loaded`: what `load` found for these fields */
  readonly downgrade?: (after: Fields<After>, loaded: Found | undefined) => Down & Exactly<Fields<Before>, Down>
  /** why one of the functions cannot undo the other */
  readonly lossy?: { readonly why: string }
  /**
   * `pass`: where both sides admit null, null becomes null without a call; `call`: the functions are given null.
   * @default 'pass'
   */
  readonly onNull?: 'pass' | 'call'
}

/**
 * Replaces fields by others through a pair of functions. All fields absent: the function is not called.
 *
 * @example replace({
 *   before: { amount: Type.String() }, after: { total: Type.Integer() },
 *   upgrade: ({ amount }) => ({ total: Number(amount) }), downgrade: ({ total }) => ({ amount: String(total) })
 * })
 * @example replace({
 *   before: { company_name: Type.String() }, after: { company_id: Type.Integer() },
 *   load: { key: ({ company_id }) => company_id, many: async (ids) => namesOfCompanies(ids) },
 *   downgrade: (_, name) => ({ company_name: name ?? '' })
 * })
 */
export function replace <Before extends Record<string, TSchema>, After extends Record<string, TSchema>, const Up extends Fields<After>, const Down extends Fields<Before>, Key = never, Found = undefined> (
  spec: ReplaceSpec<Before, After, Up, Down, Key, Found>
): SchemaOperation {
  const functions: Record<Direction, unknown> = { upgrade: spec.upgrade, downgrade: spec.downgrade }
  const afterNames = Object.keys(spec.after)
  return {
    kind: 'replace',
    before: spec.before,
    after: spec.after,
    lossy: spec.lossy,
    mayRefuse: spec.lossy !== undefined,
    load: spec.load,
    sample: () => sampleOf(spec.after),
    touches: () => afterNames,
    undo: undoReplace,
    moves: (step, direction) => [callOf(step, direction, functions[direction], spec.onNull ?? 'pass', direction === 'downgrade' ? spec.load : undefined)],
    lacks: (step, direction) => typeof functions[direction] === 'function' ? gapOf(step, direction) : `has no \`${direction}\` function`
  }
}

function undoReplace (newer: JsonSchema, site: Site): JsonSchema {
  const [before, after] = [Object.entries(site.before), Object.entries(site.after)]
  if (before.length === 0 || after.length === 0) site.misfit('replaces nothing or by nothing: `before` and `after` both need fields, otherwise use `add` or `remove`')
  const fields = fieldsOf(newer)
  const has = new Map(fields.map((field) => [field.name, field]))
  const found = after.flatMap(([name]) => has.get(name) ?? [])
  if (found.length === 0 && site.follows) return newer
  const lost = after.filter(([name]) => !has.has(name)).map(([name]) => `\`${name}\``)
  if (lost.length > 0) site.misfit(`replaces by ${lost.join(', ')}, but there is no such field: correct \`after\`, or the schema; a variant has all of these fields or none`)
  const taken = before.find(([name]) => has.has(name) && !(name in site.after))
  if (taken !== undefined) site.misfit(`brings back \`${taken[0]}\`, but that name is taken: it is also there after the change`)
  const named = nameInConditions(newer, after.map(([name]) => name))
  if (named !== undefined) site.misfit(`replaces \`${named}\`, which a condition of the schema (\`anyOf\`, \`if\`, \`dependentRequired\`, …) names, and the old fields cannot take its place there: leave the condition to the handler`)
  if (!site.follows) for (const field of found) checkType(field, site)
  return withFields(newer, replaceFields(fields, found, site))
}

function replaceFields (fields: readonly Field[], found: readonly Field[], site: Site): Field[] {
  const required = found.some((field) => field.required) && found.every((field) => field.required || isOptional(schemaAt(site.after, field.name)))
  const nullable = found.every((field) => isNullable(field.schema, site.resolve) && !isNullable(schemaAt(site.after, field.name), site.resolve))
  const restored = Object.entries(site.before).map(([name, schema]) => ({
    name,
    schema: nullable && !isNullable(schema, site.resolve) ? withNull(schema) : schema,
    required: required && !isOptional(schema)
  }))
  return fields.flatMap((field) => field === found[0] ? restored : found.includes(field) ? [] : [field])
}

/** @returns for which valid values a direction would leave out a field that the other side requires */
function gapOf ({ operation: { before, after }, older, newer, resolve }: Step, direction: Direction): string | undefined {
  const [old, fresh] = [fieldsOf(older).filter(({ name }) => Object.hasOwn(before, name)), fieldsOf(newer).filter(({ name }) => Object.hasOwn(after, name))]
  if (direction === 'upgrade') {
    const needed = fresh.find(({ required }) => required)
    // a request whose field is absent gets the old schema's default before the upgrade
    if (needed === undefined || old.some(({ required, schema }) => required || 'default' in schema)) return undefined
    return `may find none of ${old.map(({ name }) => `\`${name}\``).join(', ')}, so that its \`upgrade\` is not called, but \`${needed.name}\` is required: require one of the old fields, or make the new ones optional`
  }
  const promised = old.find(({ required, schema }) => required && !isNullable(schema, resolve))
  const nulled = fresh.find(({ name, schema }) => isNullable(schema, resolve) && !isNullable(schemaAt(after, name), resolve) && !isOptional(schemaAt(after, name)))
  if (promised === undefined || nulled === undefined) return undefined
  return `may find null in \`${nulled.name}\`, which \`after.${nulled.name}\` does not admit, and older clients are promised \`${promised.name}\`: let \`after.${nulled.name}\` admit null`
}

function checkType (field: Field, site: Site): void {
  const path = differenceOf(schemaAt(site.after, field.name), field.schema, site.resolve)
  if (path !== undefined) site.misfit(`\`after.${field.name}${path}\` is of another type than the schema has at this version: correct the fragment, or write a change for the difference`)
}

function callOf (step: Step, direction: Direction, run: unknown, onNull: 'pass' | 'call', load: Load | undefined): CallMove {
  const { before, after } = step.operation
  const [source, target] = direction === 'upgrade' ? [before, after] : [after, before]
  const [from, to] = direction === 'upgrade' ? [step.older, step.newer] : [step.newer, step.older]
  const admitsNull = (schema: JsonSchema, names: readonly string[]) => fieldsOf(schema)
    .every(({ name, schema: below }) => !names.includes(name) || isNullable(below, step.resolve))
  const [reads, writes] = [Object.keys(source), Object.keys(target)]
  return {
    kind: 'call',
    reads,
    writes,
    optional: new Set(reads.filter((name) => isOptional(schemaAt(source, name)))),
    nullable: new Set(reads.filter((name) => isNullable(schemaAt(source, name), step.resolve))),
    passesNull: onNull === 'pass' && admitsNull(from, reads) && admitsNull(to, writes),
    spreadsNull: direction === 'downgrade' && admitsNull(to, writes),
    ...bindUserFunction(step, direction, run),
    load: bindLoad(step, load),
    partial: (missing, together) => direction === 'upgrade' ? refusePartial(step, together, missing) : undefined
  }
}
