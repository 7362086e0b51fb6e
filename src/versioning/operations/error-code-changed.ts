import { literalsOf, type JsonSchema } from '../json-schema.js'
import { jsonTypesOf } from '../schema-type.js'
import { undoValues } from './enum-values.js'
import { fieldsOf, sampleOf, withFields } from './fields.js'
import type { SchemaOperation, Site } from './operation.js'

/** What {@link errorCodeChanged} is told. */
export interface ErrorCodeSpec {
  /**
   * the field of the error that holds the code
   * @default 'code'
   */
  readonly field?: string
  /** old code → new code, or the new codes that tell apart what the old one stood for */
  readonly codes: Readonly<Record<string, string | readonly string[]>>
}

/**
 * Gives errors other codes. The target is the schema of an error by its `$id`, or a place; its code may be an enum or any text.
 *
 * @example change('`E_GONE` is now `NOT_FOUND`', 'GET /users/:id 404', errorCodeChanged({ codes: { E_GONE: 'NOT_FOUND' } }))
 */
export function errorCodeChanged (spec: ErrorCodeSpec): SchemaOperation {
  const { field = 'code', codes } = spec
  const pairs = Object.entries(codes).map(([old, fresh]) => [old, typeof fresh === 'string' ? [fresh] : fresh] as const)
  const newCodes = pairs.flatMap(([, fresh]) => fresh)
  const newer = new Map<unknown, unknown>(pairs.map(([old, [first]]) => [old, first]))
  const older = new Map<unknown, unknown>(pairs.flatMap(([old, fresh]) => fresh.map((code) => [code, old] as const)))
  const several = pairs.filter(([, fresh]) => fresh.length > 1).map(([old]) => `\`${old}\``)
  return {
    kind: 'error-code-changed',
    before: {},
    after: {},
    lossy: several.length === 0 ? undefined : { why: `${several.join(', ')} does not say which of several codes it was` },
    sample: () => sampleOf({ [field]: { enum: newCodes } }),
    touches: () => [field],
    makes: newCodes,
    undo: (schema, site) => undoCodes(schema, site, field, pairs, older),
    moves: (_, direction) => [{ kind: 'translate', name: field, table: direction === 'upgrade' ? newer : older }],
    lacks: () => undefined
  }
}

function undoCodes (schema: JsonSchema, site: Site, field: string, pairs: ReadonlyArray<readonly [string, readonly string[]]>, older: ReadonlyMap<unknown, unknown>): JsonSchema {
  checkCodes(site, pairs)
  const found = fieldsOf(schema).find(({ name }) => name === field)
  if (found === undefined) return site.follows ? schema : site.misfit(`changes codes in \`${field}\`, but there is no such field: name it in \`field\`, or correct the schema`)
  const newCodes = [...older.keys()]
  // an error schema lists some of the codes, or says that it is text
  const undone = undoValues(found.schema, site, { older, fits: (literals) => newCodes.some((code) => literals.includes(code)) })
  const isText = literalsOf(site.resolve(found.schema)) === undefined && jsonTypesOf(found.schema, site.resolve).has('string')
  if (undone === undefined && !isText) site.misfit(`needs one of [${newCodes.join(', ')}] among the values of \`${field}\`, or a text: correct the codes, or the schema`)
  return withFields(schema, fieldsOf(schema).map((other) => other.name === field ? { ...other, schema: undone ?? other.schema } : other))
}

function checkCodes (site: Site, pairs: ReadonlyArray<readonly [string, readonly string[]]>): void {
  const newCodes = pairs.flatMap(([, fresh]) => fresh)
  if (newCodes.length === 0) site.misfit('changes no code: give old and new codes in `codes`')
  const same = pairs.find(([old, fresh]) => fresh.length === 1 && fresh[0] === old)
  if (same !== undefined) site.misfit(`changes \`${same[0]}\` to itself: leave it out of \`codes\``)
  const twice = newCodes.find((code, index) => newCodes.indexOf(code) !== index)
  if (twice !== undefined) site.misfit(`gives two codes the same new code \`${twice}\`, so that nobody could say which of them it was: each new code comes from one old code`)
}
