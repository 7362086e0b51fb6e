import type { Choices } from './choices.js'

export type Type = 'text' | 'int' | 'json'

/** A column as an expression can name it, e.g. `u.full_name`. */
export interface Column {
  readonly sql: string
  readonly type: Type
}

export const USERS = { id: 'int', full_name: 'text', points: 'int', profile: 'json', handle: 'text', email: 'text', rank: 'int', tags: 'json' } as const
export const PEOPLE = { id: 'int', full_name: 'text' } as const
export const ORDERS = { id: 'int', user_id: 'int', label: 'text', cents: 'int' } as const

export const TEXTS = ["'Ada Lovelace'", "'Bob'", "'Ana María Ñ'", "''", "'A'", "'x'", "'李 雷'", "' '", "'Ada'"]
const PATTERNS = ["'A%'", "'%a%'", "'_o_'", "'%'", "'%雷'"]
const PROFILES = ["'{\"vip\": true}'::jsonb", "'{}'::jsonb", "'{\"vip\": false, \"level\": 3}'::jsonb"]

export function columnsOf (table: Readonly<Record<string, Type>>, qualifier: string): Column[] {
  return Object.entries(table).map(([name, type]) => ({ sql: qualifier === '' ? name : `${qualifier}.${name}`, type }))
}

/** Any value that the columns in sight give. */
export function value (choices: Choices, scope: readonly Column[], depth: number): Column {
  const kind = choices.below(8)
  if (kind < 4) return choices.pick(scope)
  if (kind < 6) return { sql: text(choices, scope, depth), type: 'text' }
  if (kind === 6) return { sql: integer(choices, scope, depth), type: 'int' }
  return { sql: json(choices, scope), type: 'json' }
}

export function text (choices: Choices, scope: readonly Column[], depth: number): string {
  if (depth <= 0) return leaf(choices, scope, 'text', TEXTS)
  const inner = (): string => text(choices, scope, depth - 1)
  switch (choices.below(14)) {
    case 0: case 1: case 2: return leaf(choices, scope, 'text', TEXTS)
    case 3: return `upper(${inner()})`
    case 4: return `(${inner()} || ${inner()})`
    case 5: return `coalesce(${inner()}, ${choices.pick(TEXTS)})`
    case 6: return `left(${inner()}, ${choices.below(5)})`
    case 7: return `case when ${condition(choices, scope, depth - 1)} then ${inner()} else ${inner()} end`
    case 8: return `(${inner()})::varchar(5)`
    case 9: return `(${inner()}) collate "C"`
    case 10: return `nullif(${inner()}, ${choices.pick(TEXTS)})`
    case 11: return `greatest(${inner()}, ${inner()})`
    case 12: return `(${json(choices, scope)} ->> 'vip')`
    default: return `(select ${choices.pick(['max', 'min'])}(${choices.pick(['full_name', 'users.full_name', 'handle', 'upper(full_name)'])}) from users where id ${choices.pick(['=', '<', '>='])} ${integer(choices, scope, 0)})`
  }
}

export function integer (choices: Choices, scope: readonly Column[], depth: number): string {
  if (depth <= 0) return leaf(choices, scope, 'int', ['1', '2', '3', '0', '20', '100'])
  const inner = (): string => integer(choices, scope, depth - 1)
  switch (choices.below(8)) {
    case 0: case 1: case 2: return leaf(choices, scope, 'int', ['1', '2', '3', '0', '20', '100'])
    case 3: return `length(${text(choices, scope, depth - 1)})`
    case 4: return `(${inner()} + ${inner()})`
    case 5: return `coalesce(${inner()}, 0)`
    case 6: return `case ${text(choices, scope, 0)} when ${choices.pick(TEXTS)} then ${inner()} else ${inner()} end`
    default: return `(select ${choices.pick(['count(*)::int', 'max(points)', 'sum(points)::int'])} from users where ${condition(choices, [...scope, ...columnsOf(USERS, choices.pick(['', 'users']))], depth - 1)})`
  }
}

export function json (choices: Choices, scope: readonly Column[]): string {
  const column = leaf(choices, scope, 'json', PROFILES)
  switch (choices.below(4)) {
    case 0: return column
    case 1: return `(coalesce(${column}, '{}') || ${choices.pick(PROFILES)})`
    case 2: return `jsonb_build_object('n', ${text(choices, scope, 0)})`
    default: return `(${column} - 'level')`
  }
}

export function condition (choices: Choices, scope: readonly Column[], depth: number): string {
  const words = (): string => text(choices, scope, depth - 1)
  const number = (): string => integer(choices, scope, depth - 1)
  switch (choices.below(depth > 0 ? 16 : 8)) {
    case 0: return `${words()} ${choices.pick(['=', '<>', '<', '>='])} ${words()}`
    case 1: return `${words()} like ${choices.pick(PATTERNS)}`
    case 2: return `${number()} ${choices.pick(['>', '<', '=', '<>'])} ${number()}`
    case 3: return `${words()} is ${choices.pick(['', 'not '])}null`
    case 4: return `${words()} in (${choices.some(TEXTS, 3).join(', ')})`
    case 5: return `${words()} between ${choices.pick(TEXTS)} and 'Z'`
    case 6: return `${json(choices, scope)} @> ${choices.pick(PROFILES)}`
    case 7: return `${words()} is distinct from ${words()}`
    case 8: return `(${condition(choices, scope, depth - 1)} and ${condition(choices, scope, depth - 1)})`
    case 9: return `(${condition(choices, scope, depth - 1)} or ${condition(choices, scope, depth - 1)})`
    case 10: return `not ${condition(choices, scope, depth - 1)}`
    case 11: return `jsonb_exists(${json(choices, scope)}, 'vip')`
    case 12: return `(${words()}, ${number()}) > (${choices.pick(TEXTS)}, 2)`
    case 13: return `${number()} in (select ${choices.pick(['id', 'users.id', 'points'])} from users where ${condition(choices, columnsOf(USERS, ''), depth - 1)})`
    case 14: return `${words()} = any (select full_name from ${choices.pick(['people', 'users'])})`
    default: return existence(choices, scope, depth)
  }
}

/** A sub-query that looks at the row around it. */
export function existence (choices: Choices, scope: readonly Column[], depth: number): string {
  const table = choices.pick([['users', USERS], ['people', PEOPLE], ['orders', ORDERS]] as const)
  const alias = choices.name('e')
  const inner = columnsOf(table[1], alias)
  return `${choices.pick(['', 'not '])}exists (select from ${table[0]} ${alias} where ${leaf(choices, inner, 'int', ['1'])} = ${integer(choices, scope, 0)} and ${condition(choices, [...inner, ...scope], depth - 1)})`
}

function leaf (choices: Choices, scope: readonly Column[], type: Type, literals: readonly string[]): string {
  const columns = scope.filter((column) => column.type === type)
  return columns.length === 0 || choices.chance(5) ? choices.pick(literals) : choices.pick(columns).sql
}
