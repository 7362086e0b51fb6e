import type { Choices } from './choices.js'
import { columnsOf, condition, integer, ORDERS, PEOPLE, text, USERS, value, type Column } from './expressions.js'

/** What a FROM clause gives. */
export interface Source {
  readonly sql: string
  readonly columns: readonly Column[]
}

const TABLES = [['users', USERS], ['users', USERS], ['people', PEOPLE], ['orders', ORDERS]] as const

/** `users`, with or without an alias, named by it or by bare names. */
export function users (choices: Choices, alias = choices.pick(['', 'u'])): Source {
  const sql = ['users', 'only users', '"users"'][choices.below(alias === '' ? 1 : 3)] ?? 'users'
  if (alias === '') return { sql: 'users', columns: columnsOf(USERS, choices.pick(['users', ''])) }
  return { sql: `${sql} ${choices.pick(['', 'as '])}${alias}`, columns: columnsOf(USERS, choices.pick([alias, `"${alias}"`])) }
}

/** Several tables, of which one at least is in transition. */
export function joined (choices: Choices, others: typeof TABLES[number] = choices.pick(TABLES)): Source {
  const [a, b] = [choices.name('a'), choices.name('b')]
  const left = columnsOf(USERS, a)
  const right = columnsOf(others[1], b)
  const columns = [...left, ...right]
  switch (choices.below(5)) {
    case 0: return { sql: `users ${a} join ${others[0]} ${b} on ${b}.id = ${a}.id`, columns }
    case 1: return { sql: `users ${a} left join ${others[0]} ${b} on ${condition(choices, columns, 1)}`, columns }
    case 2: return { sql: `${others[0]} ${b} right join users ${a} on ${b}.id = ${a}.id and ${condition(choices, columns, 1)}`, columns }
    case 3: return { sql: `users ${a} join ${others[0]} ${b} using (id)`, columns }
    default: return { sql: `${others[0]} ${b}, users ${a}`, columns }
  }
}

/** A sub-query in FROM, with a scope of its own. */
export function derived (choices: Choices): Source {
  const alias = choices.name('d')
  const inner = users(choices)
  const shown = [text(choices, inner.columns, 1), integer(choices, inner.columns, 1)]
  const columns: Column[] = [{ sql: `${alias}.full_name`, type: 'text' }, { sql: `${alias}.n`, type: 'int' }]
  switch (choices.below(4)) {
    case 0: return { sql: `(select ${shown[0]} as full_name, ${shown[1]} as n from ${inner.sql} where ${condition(choices, inner.columns, 1)}) ${alias}`, columns }
    case 1: return { sql: `(select ${shown.join(', ')} from ${inner.sql}) as ${alias} (full_name, n)`, columns }
    case 2: return { sql: `(select * from users where ${condition(choices, columnsOf(USERS, ''), 1)}) ${alias}`, columns: columnsOf(USERS, alias) }
    default: {
      const outer = choices.name('o')
      return {
        sql: `users ${outer} cross join lateral (select ${text(choices, columnsOf(USERS, outer), 1)} as full_name, ${outer}.points as n limit 1) ${alias}`,
        columns: [...columns, ...columnsOf(USERS, outer)]
      }
    }
  }
}

/** `select … from … where …` with names for its columns. */
export function selectFrom (choices: Choices, source: Source, most = 3): string {
  const shown = choices.many(1, most, (index) => `${value(choices, source.columns, 2).sql} as c${index}`)
  return `select ${shown.join(', ')} from ${source.sql}${where(choices, source)}`
}

export function where (choices: Choices, { columns }: Source, depth = 2): string {
  return choices.chance(4) ? '' : ` where ${condition(choices, columns, depth)}`
}

/** The whole row decides the order, so that equal results are equal in their order too. */
export function limited (choices: Choices, sql: string, columns: number): string {
  if (!choices.chance(3)) return sql
  const order = Array.from({ length: columns }, (_, index) => `${index + 1} ${choices.pick(['', 'desc', 'nulls first'])}`)
  return `${sql} order by ${order.join(', ')} limit ${choices.below(5)} offset ${choices.below(3)}`
}
