import { isDeepStrictEqual } from 'node:util'
import { branchesOf, isList, isNullSchema, isRecord, literalsOf, mapSubschemas, type JsonSchema } from './json-schema.js'
import { isNullable, jsonTypesOf } from './schema-type.js'

type Resolve = (schema: JsonSchema) => JsonSchema

/** Keywords that say nothing of which values are valid. */
const annotations = new Set(['title', 'description', 'default', 'examples', '$comment', '$id', 'deprecated', 'readOnly', 'writeOnly', 'discriminator', 'example'])

/** @returns whether two schemas admit the same values by the same words, whatever they say beside it */
export function sameContent (a: JsonSchema, b: JsonSchema): boolean {
  return isDeepStrictEqual(contentOf(a), contentOf(b))
}

function contentOf (schema: JsonSchema): JsonSchema {
  const content = Object.entries(mapSubschemas(schema, contentOf)).filter(([keyword]) => !annotations.has(keyword))
  // the order of names means nothing
  return Object.fromEntries(content.map(([keyword, value]) => [keyword, keyword === 'required' && isList(value) ? [...value].sort() : value]))
}

/**
 * Compares what two schemas admit, keyword by keyword.
 *
 * @returns the keyword by which `to` may refuse a value that `from` admits; undefined when it surely refuses none
 */
export function mayRefuse (from: JsonSchema, to: JsonSchema, resolve: Resolve): string | undefined {
  if (sameContent(from, to)) return undefined
  const [wide, narrow] = [withoutNull(from, resolve), withoutNull(to, resolve)]
  if (isNullable(from, resolve) && !isNullable(to, resolve)) return 'null'
  if (sameContent(wide, narrow)) return undefined
  const [some, all] = [literalsOf(wide), literalsOf(narrow)]
  if (all !== undefined) return some?.every((literal) => all.includes(literal)) === true ? undefined : 'enum'
  if (branchesOf(wide) !== undefined || branchesOf(narrow) !== undefined) return 'anyOf'
  const [types, admitted] = [jsonTypesOf(wide, resolve), jsonTypesOf(narrow, resolve)]
  if (admitted.size > 0 && (types.size === 0 || ![...types].every((type) => admitted.has(type) || (type === 'integer' && admitted.has('number'))))) return 'type'
  return Object.keys(narrow).find((keyword) => !annotations.has(keyword) && keyword !== 'type' && keyword !== 'nullable' && !keyword.startsWith('x-') && !isAsStrict(keyword, wide, narrow, resolve))
}

/** @returns whether a keyword of `narrow` refuses nothing that `wide` admits */
function isAsStrict (keyword: string, wide: JsonSchema, narrow: JsonSchema, resolve: Resolve): boolean {
  const [mine, theirs] = [wide[keyword], narrow[keyword]]
  if (keyword.startsWith('max') && typeof theirs === 'number') return bound(wide, keyword, 'exclusiveMaximum', -1) <= theirs
  if (keyword.startsWith('min') && typeof theirs === 'number') return bound(wide, keyword, 'exclusiveMinimum', 1) >= theirs || (theirs === 0 && keyword !== 'minimum')
  if (keyword === 'exclusiveMaximum' && typeof theirs === 'number') return (typeof mine === 'number' && mine <= theirs) || (typeof wide.maximum === 'number' && wide.maximum < theirs)
  if (keyword === 'exclusiveMinimum' && typeof theirs === 'number') return (typeof mine === 'number' && mine >= theirs) || (typeof wide.minimum === 'number' && wide.minimum > theirs)
  if (keyword === 'multipleOf' && typeof theirs === 'number' && typeof mine === 'number') return Number.isInteger(mine / theirs)
  if (keyword === 'uniqueItems') return theirs === false || mine === true
  if (keyword === 'items' && isRecord(mine) && isRecord(theirs)) return mayRefuse(mine, theirs, resolve) === undefined
  return isDeepStrictEqual(mine, theirs)
}

/** The limit of a keyword; `maximum` and `minimum` are also kept by their exclusive forms. */
function bound (schema: JsonSchema, keyword: string, exclusive: string, sign: 1 | -1): number {
  const limits = [schema[keyword], keyword === 'maximum' || keyword === 'minimum' ? schema[exclusive] : undefined].filter((limit) => typeof limit === 'number')
  return limits.length === 0 ? -sign * Infinity : sign === 1 ? Math.max(...limits) : Math.min(...limits)
}

/** @returns what a nullable schema says of a value that is not null */
function withoutNull (schema: JsonSchema, resolve: Resolve): JsonSchema {
  const target = resolve(schema)
  const branches = branchesOf(target)
  if (branches?.some(isNullSchema) === true) {
    const others = branches.filter((branch) => !isNullSchema(branch))
    const [only, ...more] = others
    return only === undefined || more.length > 0 ? { anyOf: others } : resolve(only)
  }
  const { nullable: _, ...rest } = target
  if (isList(rest.type) && rest.type.includes('null')) {
    const types = rest.type.filter((type) => type !== 'null')
    return { ...rest, type: types.length === 1 ? types[0] : types }
  }
  return isList(rest.enum) && rest.enum.includes(null) ? { ...rest, enum: rest.enum.filter((value) => value !== null) } : rest
}
