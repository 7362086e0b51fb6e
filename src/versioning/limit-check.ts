import { isDeepStrictEqual } from 'node:util'
import { branchesOf, isList, isRecord, literalsOf, type JsonSchema } from './json-schema.js'
import { jsonTypeOf, jsonTypesOf } from './schema-type.js'

/** @returns what a value must be that it is not, in the words of ajv (`must NOT have more than 20 characters`); undefined where no limit is broken */
export type LimitCheck = (value: unknown) => string | undefined

type Resolve = (schema: JsonSchema) => JsonSchema

/**
 * Compiles the limits of a schema of scalars and lists: types, literals, lengths, ranges, patterns. Formats and what is
 * inside objects are left to the validator of head, which is asked after every upgrade.
 */
export function compileLimits (schema: JsonSchema, resolve: Resolve): LimitCheck {
  const target = resolve(schema)
  const literals = literalsOf(target)
  if (literals !== undefined) return (value) => literals.some((literal) => isDeepStrictEqual(literal, value)) ? undefined : `must be equal to one of the allowed values: ${literals.map((literal) => JSON.stringify(literal)).join(', ')}`
  const branches = branchesOf(target)?.map((branch) => compileLimits(branch, resolve))
  if (branches !== undefined) {
    return (value) => {
      const problems = branches.map((check) => check(value))
      return problems.some((problem) => problem === undefined) ? undefined : [...new Set(problems)].join(', or ')
    }
  }
  const types = jsonTypesOf(target, resolve)
  const checks = [...limitsOf(target), ...itemChecks(target, resolve)]
  return (value) => isOfType(value, types) ? first(checks, value) : `must be ${[...types].join(' or ')}`
}

function first (checks: readonly LimitCheck[], value: unknown): string | undefined {
  for (const check of checks) {
    const problem = check(value)
    if (problem !== undefined) return problem
  }
  return undefined
}

function isOfType (value: unknown, types: ReadonlySet<string>): boolean {
  return types.size === 0 || types.has(jsonTypeOf(value)) || (types.has('integer') && Number.isInteger(value))
}

interface Limit { readonly of: 'text' | 'number' | 'list', readonly words: (limit: number) => string, readonly isKept: (size: number, limit: number) => boolean }

const limits: Readonly<Record<string, Limit>> = {
  minLength: { of: 'text', words: (limit) => `must NOT have fewer than ${limit} characters`, isKept: (size, limit) => size >= limit },
  maxLength: { of: 'text', words: (limit) => `must NOT have more than ${limit} characters`, isKept: (size, limit) => size <= limit },
  minimum: { of: 'number', words: (limit) => `must be >= ${limit}`, isKept: (size, limit) => size >= limit },
  maximum: { of: 'number', words: (limit) => `must be <= ${limit}`, isKept: (size, limit) => size <= limit },
  exclusiveMinimum: { of: 'number', words: (limit) => `must be > ${limit}`, isKept: (size, limit) => size > limit },
  exclusiveMaximum: { of: 'number', words: (limit) => `must be < ${limit}`, isKept: (size, limit) => size < limit },
  multipleOf: { of: 'number', words: (limit) => `must be multiple of ${limit}`, isKept: (size, limit) => Number.isInteger(size / limit) },
  minItems: { of: 'list', words: (limit) => `must NOT have fewer than ${limit} items`, isKept: (size, limit) => size >= limit },
  maxItems: { of: 'list', words: (limit) => `must NOT have more than ${limit} items`, isKept: (size, limit) => size <= limit }
}

function limitsOf (schema: JsonSchema): LimitCheck[] {
  const sized = Object.entries(limits).flatMap(([keyword, { of, words, isKept }]): LimitCheck[] => {
    const limit = schema[keyword]
    if (typeof limit !== 'number') return []
    return [(value) => {
      const size = sizeOf(value, of)
      return size === undefined || isKept(size, limit) ? undefined : words(limit)
    }]
  })
  if (typeof schema.pattern !== 'string') return sized
  const pattern = new RegExp(schema.pattern, 'u')
  return [...sized, (value) => typeof value !== 'string' || pattern.test(value) ? undefined : `must match pattern "${pattern.source}"`]
}

/** A text is as long as it has code points, as for ajv. */
function sizeOf (value: unknown, of: Limit['of']): number | undefined {
  if (of === 'text') return typeof value === 'string' ? [...value].length : undefined
  if (of === 'list') return isList(value) ? value.length : undefined
  return typeof value === 'number' ? value : undefined
}

function itemChecks ({ items, uniqueItems }: JsonSchema, resolve: Resolve): LimitCheck[] {
  return [...isRecord(items) ? [checkOfItems(items, resolve)] : [], ...uniqueItems === true ? [findDuplicate] : []]
}

function checkOfItems (items: JsonSchema, resolve: Resolve): LimitCheck {
  let check: LimitCheck | undefined
  return (value) => {
    if (!isList(value)) return undefined
    // compiled when first needed: a list may hold itself
    check ??= compileLimits(items, resolve)
    for (const [index, item] of value.entries()) {
      const problem = check(item)
      if (problem !== undefined) return `${problem} (at ${index})`
    }
    return undefined
  }
}

/** Objects are left to the validator of head: comparing each with each would take a client's time squared. */
function findDuplicate (value: unknown): string | undefined {
  if (!isList(value)) return undefined
  const scalars = value.filter((item) => typeof item !== 'object' || item === null)
  return new Set(scalars).size === scalars.length ? undefined : 'must NOT have duplicate items'
}
