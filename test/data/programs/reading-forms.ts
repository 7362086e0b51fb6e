import type { Knex } from 'knex'
import { columnsOf, condition, existence, integer, json, ORDERS, text, TEXTS, USERS, value } from './expressions.js'
import type { Choices } from './choices.js'
import { derived, joined, limited, selectFrom, users, where } from './queries.js'
import { built, duringTransition, printer, raw, type Maker } from './steps.js'

const COLUMNS = ['full_name', 'points', 'handle', 'id', 'rank', 'email']
const bare = columnsOf(USERS, '')

/** `users` under its own name, narrowed down. */
function narrowed (choices: Choices): (knex: Knex) => Knex.QueryBuilder {
  const sql = condition(choices, bare, 2)
  const isOpen = choices.chance(3)
  return (knex) => isOpen ? knex('users') : knex('users').whereRaw(sql)
}

function ordered (choices: Choices): (query: Knex.QueryBuilder) => Knex.QueryBuilder {
  const columns = choices.some(COLUMNS.slice(0, 4), 2).map((column) => ({ column, order: choices.pick(['asc', 'desc']) }))
  return (query) => query.orderBy([...columns, 'id'])
}

/** Forms of D7 that read, each with the simplest choice first. */
export const READING: Readonly<Record<string, Maker>> = {
  select: (choices) => raw(limited(choices, `select distinct ${text(choices, bare, 2)} as a, ${integer(choices, bare, 2)} as b from users${where(choices, { sql: '', columns: bare })}`.replace('distinct ', choices.pick(['', 'distinct '])), 2)),
  '*': (choices) => {
    const source = choices.pick([users, derived, joined])(choices)
    const [first = ''] = source.columns.map(({ sql }) => sql)
    const star = !first.includes('.') || choices.chance(2) ? '*' : `${first.split('.')[0]}.*`
    // what a table that nobody moves has in its columns is not known
    const isOpen = star === '*' && / (?:people|orders) \w+ using/.test(source.sql)
    return raw(`select ${star}${choices.pick(['', `, ${text(choices, source.columns, 1)} as more`])} from ${source.sql}${where(choices, source)}`, isOpen ? { refusedAs: duringTransition('NOT_UNDERSTOOD') } : {})
  },
  where: (choices) => {
    const value = choices.pick(['Ada Lovelace', 'Bob', '', 'nobody'])
    const form = choices.below(6)
    const narrow = narrowed(choices)
    return built((knex) => {
      const query = narrow(knex).select('id', 'full_name')
      if (form === 0) return query.where({ full_name: value })
      if (form === 1) return query.whereIn('full_name', [value, 'A']).orWhereNull('users.full_name')
      if (form === 2) return query.whereNot('full_name', value).andWhere('points', '>', 20)
      if (form === 3) return query.whereBetween('points', [0, 200]).orWhereLike('handle', '@a%')
      if (form === 4) return query.where((inner) => inner.where('full_name', '>', value).orWhereNotNull('profile'))
      return query.whereIn(['full_name', 'points'], [[value, 100], ['Ada Lovelace', 100]])
    })
  },
  order: (choices) => {
    const [narrow, order, expression] = [narrowed(choices), ordered(choices), text(choices, bare, 2)]
    const byExpression = choices.chance(2)
    return built((knex) => byExpression
      ? narrow(knex).select('id', 'points').orderByRaw(`${expression} desc nulls last, points, id`).limit(4)
      : order(narrow(knex).select('id', 'handle')), { isOrdered: true })
  },
  'group by': (choices) => {
    const key = choices.pick([value(choices, bare, 1).sql, 'full_name', 'points'])
    return raw(limited(choices, `select ${key} as k, count(*)::int as n, max(${integer(choices, bare, 1)}) as m from users${where(choices, { sql: '', columns: bare })} group by ${choices.pick([key, '1', `rollup (${key})`])}`, 3))
  },
  'group by key': (choices) => {
    const columns = columnsOf(USERS, 'u')
    return raw(`select u.id, ${text(choices, columns, 2)} as a, u.profile, count(o.id)::int as n from users u left join orders o on o.user_id = u.id and ${condition(choices, [...columns, ...columnsOf(ORDERS, 'o')], 1)} group by u.id${choices.pick(['', ', u.full_name'])}`)
  },
  having: (choices) => {
    const [minimum, narrow] = [choices.below(3), narrowed(choices)]
    return choices.chance(2)
      ? built((knex) => narrow(knex).select('full_name').sum('points as total').groupBy('full_name').havingRaw('count(*) >= ? and max(full_name) < ?', [minimum, 'Z']))
      : raw(`select full_name from users group by full_name having count(*) > ${minimum} or min(${integer(choices, bare, 1)}) < 20`)
  },
  join: (choices) => raw(selectFrom(choices, joined(choices), 4)),
  'self-join': (choices) => raw(selectFrom(choices, joined(choices, ['users', USERS]), 4)),
  alias: (choices) => {
    const narrow = condition(choices, columnsOf(USERS, 'u'), 2)
    const shown = choices.some(COLUMNS, 3)
    const other = choices.pick(['first_name', 'full_name', 'Ünlü "x"', 'points'])
    return choices.chance(2)
      ? built((knex) => knex('users as u').whereRaw(narrow).select(shown.map((name) => `u.${name}`)).select({ [other]: 'u.handle' }))
      : raw(`select ${text(choices, columnsOf(USERS, 'x'), 1)} as first_name from users x order by first_name`)
  },
  'sub-query': (choices) => raw(limited(choices, selectFrom(choices, derived(choices), 1), 1)),
  CTE: (choices) => {
    const source = users(choices)
    const recursive = choices.chance(4)
    const inner = selectFrom(choices, source, 1)
    return raw(recursive
      ? `with recursive walk (id, name) as (select id, full_name from users where id = 1 union all select u.id, ${text(choices, [...columnsOf(USERS, 'u'), { sql: 'w.name', type: 'text' }], 1)}::text collate "default" from users u join walk w on u.id = w.id + 1) select name, id from walk`
      : `with x (a) as ${choices.pick(['', 'materialized '])}(${inner}), y as (select * from users where ${condition(choices, bare, 1)}) select x.a, y.* from x, y`)
  },
  'CTE named like the table': (choices) => {
    const shown = text(choices, bare, 2)
    return raw(`with users as (select id, ${shown} as full_name, ${choices.pick(['rank', 'points'])} as first_name, points, handle, profile from users) select ${choices.pick(['*', 'users.*', 'full_name, first_name'])} from users where ${choices.pick(['full_name is not null', "first_name > 1 or users.full_name = 'Bob'", 'users.points > 10'])}`)
  },
  union: (choices) => raw(limited(choices, choices.many(2, 3, () => `(select ${text(choices, bare, 1)} as a, ${integer(choices, bare, 0)} as b from users${where(choices, { sql: '', columns: bare })})`).join(` ${choices.pick(['union', 'union all', 'except', 'intersect'])} `), 2)),
  first: (choices) => {
    const [narrow, order] = [narrowed(choices), ordered(choices)]
    const shown = choices.pick([['*'], ['full_name'], ['id', 'points', 'profile']])
    return built((knex) => order(narrow(knex)).first(...shown), { isOrdered: true })
  },
  pluck: (choices) => {
    const [narrow, order, column] = [narrowed(choices), ordered(choices), choices.pick(COLUMNS)]
    return built((knex) => order(narrow(knex)).pluck(column), { isOrdered: true })
  },
  count: (choices) => {
    const [narrow, column] = [narrowed(choices), choices.pick(COLUMNS.slice(0, 3))]
    const function_ = choices.below(4)
    return built((knex) => {
      const query = narrow(knex).count(`${column} as n`)
      return [query, query.countDistinct('full_name as different'), query.max(`users.${column} as most`).min('points as least'), query.sum('points as total').avg('points as middle')][function_] ?? query
    })
  },
  exists: (choices) => {
    const sql = existence(choices, bare, 2)
    const not = choices.chance(2)
    return choices.chance(2)
      ? raw(`select id, full_name from users where ${sql}`)
      : built((knex) => knex('users')[not ? 'whereNotExists' : 'whereExists'](knex('orders').whereRaw('orders.user_id = users.id').where('users.full_name', '>', 'A')).select('id', 'full_name'))
  },
  stream: (choices) => {
    const [narrow, order, name] = [narrowed(choices), ordered(choices), choices.pick(TEXTS)]
    const build = (knex: Knex): Knex.QueryBuilder => order(narrow(knex).whereRaw(`coalesce(full_name, '') <> ${name}`))
    return {
      text: `${build(printer).toString()} -- as a stream`,
      isOrdered: true,
      run: async (knex) => {
        const rows: unknown[] = []
        for await (const row of build(knex).stream({ highWaterMark: 2 })) rows.push(row)
        return rows
      }
    }
  },
  columnInfo: (choices) => {
    const column = choices.pick(['', 'full_name', 'points'])
    return {
      text: `knex('users').columnInfo(${column})`,
      isOrdered: true,
      run: async (knex) => Object.entries(await knex('users').columnInfo()).filter(([name]) => column === '' || name === column).map(([name, { type, maxLength }]) => [name, type, maxLength])
    }
  },
  withSchema: (choices) => {
    const [column, form] = [choices.pick(COLUMNS), choices.below(3)]
    return built((knex) => {
      const schema = schemaOf(knex)
      if (form === 0) return knex('users').withSchema(schema).select('full_name', `users.${column}`)
      if (form === 1) return knex('users').withSchema(schema).where('full_name', '>', 'A')
      return knex(`${schema}.users`).select(`${schema}.users.${column}`).whereNot(`${schema}.users.full_name`, 'Bob')
    })
  },
  ref: (choices) => {
    const [one, other] = [choices.pick(['full_name', 'handle']), choices.pick(['email', 'handle'])]
    return built((knex) => knex('users as u').select({ shown: knex.ref(`u.${one}`), more: knex.ref('points') }).where(knex.ref(one), '<>', knex.ref(`u.${other}`)))
  },
  'jsonb operators': (choices) => {
    const form = choices.below(4)
    const shown = json(choices, bare)
    return built((knex) => {
      if (form === 0) return knex('users').whereJsonPath('profile', '$.vip', '=', true).select('full_name')
      if (form === 1) return knex('users').jsonExtract('profile', '$.vip', 'vip').select('id')
      if (form === 2) return knex('users').whereJsonSupersetOf('users.profile', { vip: true }).select(knex.raw(`${shown} as shown`), 'points')
      return knex('users').whereRaw("profile \\? 'vip' or profile #>> '{level}' = '3' or tags \\?| array['vip']").select('id', 'profile')
    })
  }
}

function schemaOf (knex: Knex): string {
  return knex.client.config.searchPath?.[0] ?? 'live'
}
