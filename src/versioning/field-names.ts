import { Type, type TUnsafe } from '@sinclair/typebox'
import { MisfitError } from '../errors.js'
import { isList, isRecord, type JsonSchema } from './json-schema.js'

/** How names of fields are written in a value. */
export interface FieldNamesOptions<Prefix extends string = string, Separator extends string = string> {
  /** What may stand before a name, such as `-` for the other way round. @default none */
  readonly prefix?: Prefix
  /** What stands between names, where one value holds several: `,`. @default one name is one value */
  readonly separator?: Separator
  /** What a request without it stands for, as of head; each version has it in its own names. @default none */
  readonly default?: string
  readonly description?: string
}

/** What a value names: fields of which schema, and how they are written. */
export interface FieldNames {
  readonly schema: string
  /** of fields, `address.town` for one that lies deeper */
  readonly names: readonly string[]
  readonly prefix: string
  readonly separator: string
}

type Named<Names extends readonly string[], Prefix extends string, Separator extends string> =
  string extends Separator ? Names[number] | (string extends Prefix ? never : `${Prefix}${Names[number]}`) : string

// a keyword that every validator knows and none heeds; it outlives copies of a schema, as `addSchema` makes
const mark = 'fieldNames '

/**
 * A schema for values that name fields of another one, as `sort=-created_at` and `fields=id,name` do: it follows the
 * changes of those fields, in the schema of each version and in the values that its clients send.
 *
 * A field that took the place of several is named by any of them; names that become the same are named once.
 * @param schema `$id` of the schema whose fields are named
 * @param names as of head; `address.town` names a field of a field
 * @throws FST_ERR_VINTAGE_MISFIT for no names, or one that is there twice or holds the separator
 * @example querystring: Type.Object({ sort: Type.Optional(fieldNames('User', ['created_at', 'id'], { prefix: '-', separator: ',' })) })
 */
export function fieldNames<const Names extends readonly string[], Prefix extends string = string, Separator extends string = string> (
  schema: string, names: Names, options: FieldNamesOptions<Prefix, Separator> = {}
): TUnsafe<Named<Names, Prefix, Separator>> {
  const { prefix = '', separator = '', default: initial, description } = options
  const wrong = names.length === 0 || new Set(names).size < names.length || names.some((name) => name === '' || (separator !== '' && name.includes(separator)))
  if (wrong) throw new MisfitError(`fieldNames('${schema}', [${names.join(', ')}]): give each name once, at least one, and none that holds the separator.`)
  const about: FieldNames = { schema, names, prefix, separator }
  return Type.Unsafe<Named<Names, Prefix, Separator>>({
    ...namesSchema(about),
    ...(initial === undefined ? {} : { default: initial }),
    ...(description === undefined ? {} : { description })
  })
}

/** @returns what a schema made by {@link fieldNames} is about, also where it was copied; undefined for any other */
export function fieldNamesIn ({ $comment }: JsonSchema): FieldNames | undefined {
  if (typeof $comment !== 'string' || !$comment.startsWith(mark)) return undefined
  const about: unknown = JSON.parse($comment.slice(mark.length))
  return isFieldNames(about) ? about : undefined
}

function isFieldNames (value: unknown): value is FieldNames {
  return isRecord(value) && typeof value.schema === 'string' && isList(value.names)
}

/** @returns the schema of values that name one of these, or several where there is a separator */
export function namesSchema (about: FieldNames): JsonSchema {
  return { type: 'string', ...limitsOf(about), $comment: mark + JSON.stringify(about) }
}

function limitsOf ({ names, prefix, separator }: FieldNames): JsonSchema {
  // a version that has none of the fields takes no name
  if (names.length === 0) return { not: {} }
  if (separator === '') return { enum: prefix === '' ? [...names] : names.flatMap((name) => [name, `${prefix}${name}`]) }
  const one = `${prefix === '' ? '' : `(?:${escape(prefix)})?`}(?:${names.map(escape).join('|')})`
  return { pattern: `^${one}(?:${escape(separator)}${one})*$` }
}

function escape (text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
