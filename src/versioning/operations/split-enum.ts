import { isList, isRecord, literalsOf, roomOf, type JsonSchema } from '../json-schema.js'
import { undoFieldValues, undoValues, type EnumHistory } from './enum-values.js'
import { fieldsOf, sampleOf } from './fields.js'
import type { SchemaOperation, Site, Step, Use } from './operation.js'

/** What {@link splitEnum} is told. */
export interface SplitEnumSpec {
  /** the field that holds the value, when the target is an object; left out when the target is the enum's own `$id` */
  readonly field?: string
  /** the old value */
  readonly value: string
  /** the new values that it stood for */
  readonly into: readonly string[]
  /**
   * the new values that older clients read as the old one: those of `into`, and others that came with the split and
   * which it never stood for
   * @default into
   */
  readonly read?: readonly string[]
  /** the new value, one of `read`, that an old one becomes when it is written; needed where a request body carries the enum */
  readonly write?: string
  /**
   * the new values, some of `read`, that an old one finds in a filter; with one value the filter need not be a list
   * @default into
   */
  readonly filter?: readonly string[]
}

/**
 * Splits one value of an enum into several. Read: each of them, or each of `read`, is the old value. Written: the old
 * value is `write`. In a filter (an array in the querystring) the old value is all of them, or those in `filter`.
 *
 * @example change('`open` is now `pending` or `paid`', 'OrderStatus', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' }))
 */
export function splitEnum (spec: SplitEnumSpec): SchemaOperation {
  const { field = null, value, into, read = into, write, filter = into } = spec
  const values = { enum: [...read] }
  const older = (newer: unknown) => typeof newer === 'string' && read.includes(newer) ? value : newer
  const expand = (given: unknown) => given === value ? filter : [given]
  return {
    kind: 'split-enum',
    before: {},
    after: {},
    lossy: { why: `\`${value}\` does not say which of ${read.join(', ')} it was` },
    sample: () => field === null ? values : sampleOf({ [field]: values }),
    touches: () => field === null ? [] : [field],
    makes: read,
    undo: (newer, site) => undoSplit(newer, site, spec),
    moves: (_, direction, use) => {
      const becomes = use === 'filter' && filter.length === 1 ? filter[0] : write
      const newerOf = (given: unknown) => given === value ? becomes : given
      const run = direction === 'upgrade' ? mapDeep(newerOf, use, expand) : mapDeep(older, 'value', expand)
      return field === null
        ? [{ kind: 'map-value', run, expand }]
        : [{ kind: 'map', name: field, run }]
    },
    lacks: (step, direction, use, room) => direction === 'downgrade' ? undefined : lackOf(spec, step, use, room)
  }
}

/** Maps a value, or each value of an array; in a filter an array takes all values that each one stands for. */
function mapDeep (mapOne: (value: unknown) => unknown, use: Use, expand: (value: unknown) => readonly unknown[]): (value: unknown) => unknown {
  if (use === 'filter') return (value) => isList(value) ? [...new Set(value.flatMap(expand))] : mapOne(value)
  return (value) => isList(value) ? value.map(mapOne) : mapOne(value)
}

function lackOf ({ value, write, field, into, read = into, filter = into }: SplitEnumSpec, step: Step, use: Use, around: number): string | undefined {
  if (use === 'value') return write === undefined ? `has no \`write\`: say which value an old \`${value}\` becomes when it is written` : undefined
  if (filter.length === 1) return undefined
  const given = fieldsOf(step.newer).find(({ name }) => name === field)?.schema
  const schema = given === undefined ? undefined : step.resolve(given)
  const room = schema === undefined ? around : schema.type === 'array' ? roomOf(schema) : 0
  if (room === 0) return `cannot filter by \`${value}\`, which stands for several values since: make the filter an array at head`
  const literals = literalsOf(step.resolve(isRecord(schema?.items) ? schema.items : step.newer)) ?? read
  return room >= literals.length ? undefined : `may find more values in a filter than its \`maxItems\` of ${room} lets through, since \`${value}\` stands for several: raise \`maxItems\` to ${literals.length}`
}

function undoSplit (newer: JsonSchema, site: Site, spec: SplitEnumSpec): JsonSchema {
  const { field, value, into, read = into, write, filter = into } = spec
  if (into.length < 2 || new Set(into).size < into.length || into.includes(value)) site.misfit(`splits \`${value}\` into [${into.join(', ')}]: give at least two different values, none of them the old one`)
  if (read.includes(value) || !into.every((one) => read.includes(one))) site.misfit(`reads [${read.join(', ')}] as \`${value}\`: give all of [${into.join(', ')}], and none that is the old one`)
  if (write !== undefined && !read.includes(write)) site.misfit(`writes \`${write}\`, which is none of [${read.join(', ')}]`)
  const stranger = filter.find((one) => !read.includes(one))
  if (filter.length === 0 || stranger !== undefined) site.misfit(`finds [${filter.join(', ')}] in a filter: give some of [${read.join(', ')}]`)
  const needs = (what: string) => `needs [${read.join(', ')}] among ${what}, and \`${value}\` not`
  if (field !== undefined) return undoFieldValues(newer, field, site, historyOf(spec), { verb: 'splits a value of', needs })
  return undoValues(newer, site, historyOf(spec)) ?? site.misfit(`${needs('the values of the enum')}: correct the values, or name the \`field\` of an object`)
}

function historyOf ({ value, into, read = into }: SplitEnumSpec): EnumHistory {
  return {
    older: new Map(read.map((one) => [one, value])),
    fits: (literals) => !literals.includes(value) && read.every((one) => literals.includes(one))
  }
}
