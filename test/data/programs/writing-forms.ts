import type { Knex } from 'knex'
import type { Choices } from './choices.js'
import { columnsOf, condition, integer, json, text, TEXTS, USERS } from './expressions.js'
import { built, duringTransition, raw, type Maker, type Rival, type Step } from './steps.js'

const bare = columnsOf(USERS, '')

/** Never null for a column that may still have to be filled, which is the known limit of D6. */
const SETTING: Readonly<Record<string, (choices: Choices) => string>> = {
  full_name: (choices) => `coalesce(${text(choices, bare, 2)}, 'none')`,
  points: (choices) => `coalesce(${integer(choices, bare, 1)}, 5)`,
  profile: (choices) => `coalesce(${json(choices, bare)}, '{}')`,
  // unique, which Postgres sees to from read-new on
  handle: () => "'@n' || id",
  rank: (choices) => integer(choices, bare, 1),
  email: () => "'m' || id || '@x'"
}

function assignments (choices: Choices): string {
  return choices.some(Object.keys(SETTING), 3).map((column) => `${column} = ${SETTING[column]?.(choices)}`).join(', ')
}

function newRow (choices: Choices): Record<string, unknown> {
  const all = {
    full_name: choices.pick(['New One', 'x', '', 'Ñandú de la 雷']),
    points: choices.below(500),
    profile: choices.pick(['{"vip": true}', '{}', '{"level": 3}']),
    handle: choices.name('@New'),
    rank: choices.below(9)
  }
  return { email: `${choices.name('new')}@x`, ...Object.fromEntries(choices.some(Object.entries(all))) }
}

const RETURNED = [['*'], ['full_name'], ['id', 'points', 'profile'], ['users.handle', 'full_name']] as const

function narrowing (choices: Choices): string {
  return choices.chance(4) ? 'true' : condition(choices, bare, 2)
}

function insertion (choices: Choices): Omit<Step, 'form'> {
  const rows = choices.many(1, 3, () => newRow(choices))
  const [columns] = choices.below(2) === 0 ? [['id']] : [choices.pick(RETURNED)]
  return built((knex) => knex('users').insert(rows).returning(columns.map(String)))
}

function update (choices: Choices): Omit<Step, 'form'> {
  const [sql, column, narrow] = [text(choices, bare, 2), choices.pick(['full_name', 'points', 'rank']), narrowing(choices)]
  const right = column === 'full_name' ? `coalesce(${sql}, 'none')` : `coalesce(points, 0) + coalesce(length(${sql}), 0)`
  return built((knex) => knex('users').whereRaw(narrow).update({ [column]: knex.raw(right) }).returning(['id', 'full_name', 'points']))
}

function deletion (choices: Choices): Omit<Step, 'form'> {
  const narrow = condition(choices, bare, 2)
  return built((knex) => knex('users').whereRaw(narrow).del(['id', 'full_name']))
}

function upsert (choices: Choices): Omit<Step, 'form'> {
  const rows = choices.some([1, 2, 3, 9], 3).map((n) => ({ ...newRow(choices), full_name: choices.pick(['Robert', 'Ada Lovelace']), points: 30, email: `${n}@x` }))
  const merged = choices.pick([[], ['full_name'], ['points', 'rank']])
  return choices.chance(2)
    ? raw(`insert into users as u (email, full_name, points) values ('2@x', 'Robert', 5) on conflict (email) do update set full_name = coalesce(excluded.full_name || ${text(choices, columnsOf(USERS, 'u'), 1)}, 'none'), points = coalesce(u.points, 0) + excluded.points where ${condition(choices, columnsOf(USERS, 'u'), 1)} returning *`)
    : built((knex) => {
      // rows with other columns get defaults, and a default is null
      const same = rows.map(({ email, full_name, points }) => ({ email, full_name, points, rank: 3 }))
      const insert = knex('users').insert(same).onConflict('email')
      return (merged.length === 0 ? insert.merge() : insert.merge(merged)).returning('*')
    })
}

/** Several writes and reads that see each other. */
function sequence (choices: Choices): { texts: string[], run: (trx: Knex) => Promise<unknown> } {
  const steps = choices.many(2, 3, () => choices.pick([update, insertion, upsert, deletion])(choices))
  const last = raw(`select id, ${text(choices, bare, 1)} as a from users where ${condition(choices, bare, 1)}`)
  const all = [...steps, last]
  return {
    texts: all.map((step) => step.text),
    run: async (trx) => {
      const results: unknown[] = []
      for (const { run } of all) results.push(await run(trx))
      return results
    }
  }
}

const RIVALS: readonly Rival[] = [
  { old: "update live.users set first_name = 'Zoe', last_name = 'Q' where id in (1, 2)", head: "update ?.users set full_name = 'Zoe Q' where id in (1, 2)" },
  { old: 'update live.users set score = 99 where id < 5', head: 'update ?.users set points = 990 where id < 5' },
  { old: "update live.users set last_name = 'Lovelace', first_name = 'Ada', nick = 'AL' where id = 2", head: "update ?.users set full_name = 'Ada Lovelace', handle = '@al' where id = 2" },
  { old: 'update live.users set rank = 77 where id in (1, 2, 3, 4)', head: 'update ?.users set rank = 77 where id in (1, 2, 3, 4)' },
  { old: 'delete from live.users where id = 1', head: 'delete from ?.users where id = 1' }
]

/** Forms of D7 that write or lock, each with the simplest choice first. */
export const WRITING: Readonly<Record<string, Maker>> = {
  insert: insertion,
  batchInsert: (choices) => {
    const rows = choices.many(2, 5, () => newRow(choices))
    const size = 1 + choices.below(3)
    return { text: `knex.batchInsert('users', ${JSON.stringify(rows)}, ${size}).returning('*')`, run: async (knex) => await knex.batchInsert('users', rows, size).returning('*') }
  },
  'update with a raw right side': update,
  'update of several columns': (choices) => raw(`update users set ${assignments(choices)} where ${narrowing(choices)}`),
  increment: (choices) => {
    const [narrow, column, by] = [narrowing(choices), choices.pick(['points', 'rank']), choices.below(50)]
    return built((knex) => knex('users').whereRaw(narrow).whereNotNull(column)[by % 2 === 0 ? 'increment' : 'decrement'](column, by))
  },
  del: deletion,
  'upsert with merge': upsert,
  'upsert on a new key': (choices) => {
    const [row, ignores] = [newRow(choices), choices.chance(2)]
    return built((knex) => {
      const insert = knex('users').insert({ ...row, full_name: 'Up', points: 3, handle: '@ada' }).onConflict('handle')
      return (ignores ? insert.ignore() : insert.merge(['full_name', 'points'])).returning(['id', 'full_name'])
    }, { refusedAs: (phase) => ['dual-write', 'backfill'].includes(phase) ? 'FST_ERR_VINTAGE_STATEMENT_UNFILLED_KEY' : undefined })
  },
  returning: (choices) => raw(choices.pick([
    () => `update users u set ${assignments(choices)} where ${narrowing(choices)} returning u.*, ${text(choices, columnsOf(USERS, 'u'), 1)} as more`,
    () => `delete from users where ${narrowing(choices)} returning *`,
    () => `insert into users (email, full_name) values ('r@x', ${choices.pick(TEXTS)}) returning ${text(choices, bare, 2)} as a, users.*`
  ])()),
  'raw SQL': (choices) => raw(choices.pick([
    () => `insert into users (email, full_name, points) select 'copy ' || id, ${text(choices, bare, 2)}, points from users where ${narrowing(choices)} order by id returning *`,
    () => `update users u set full_name = p.full_name || coalesce(u.full_name, ''), rank = p.id from people p where p.id = u.id and ${condition(choices, columnsOf(USERS, 'u'), 1)} returning u.*, p.*`,
    () => `delete from users u using orders o where o.user_id = u.id and ${condition(choices, columnsOf(USERS, 'u'), 2)} returning u.full_name, u.points, o.label`,
    () => `update people set full_name = coalesce(u.full_name, 'none') from users u where u.id = people.id and ${condition(choices, columnsOf(USERS, 'u'), 2)} returning *`,
    () => `with gone as (delete from users where ${narrowing(choices)} returning *) insert into people (id, full_name) select 100 + id, full_name from gone returning *`,
    () => `merge into users u using (values ('1@x', 'One'), ('z@x', 'Two')) as v (mail, name) on u.email = v.mail when matched and ${condition(choices, columnsOf(USERS, 'u'), 1)} then update set full_name = v.name || coalesce(u.full_name, '') when not matched then insert (email, full_name) values (v.mail, v.name)`,
    () => `select id, row_number() over (partition by full_name order by points, id)::int as n, lag(${text(choices, bare, 1)}) over (order by id) as l from users`,
    () => `select full_name, points, max(${text(choices, bare, 1)}) as m, grouping(full_name) as g from users where ${narrowing(choices)} group by ${choices.pick(['grouping sets ((full_name, points), (full_name), ())', 'cube (full_name, points)'])}`,
    () => `select u.id, part, u.points from users u, regexp_split_to_table(u.full_name, ' ') as part where ${condition(choices, columnsOf(USERS, 'u'), 2)}`,
    () => `with w as (update users set ${assignments(choices)} where ${narrowing(choices)} returning *) select full_name, w.points, ${text(choices, columnsOf(USERS, 'w'), 1)} as a from w`,
    () => `update users u set (full_name, points) = (select coalesce(max(v.full_name), 'none') || u.id, coalesce(max(v.points), 1) from users v where v.id = 1) where ${condition(choices, columnsOf(USERS, 'u'), 2)} returning id, u.full_name, points`,
    () => `select distinct on (full_name) full_name, id, points from users where ${narrowing(choices)} order by full_name, id desc`,
    () => `select 1 as one; select ${text(choices, bare, 1)} as a from users order by id`
  ])()),
  transaction: (choices) => {
    const { texts, run } = sequence(choices)
    return { text: `begin; ${texts.join('; ')}; commit`, commits: true, run: async (knex) => await knex.transaction(run) }
  },
  savepoint: (choices) => {
    const [kept, lost, then] = [sequence(choices), sequence(choices), sequence(choices)]
    return {
      text: `${kept.texts.join('; ')}; savepoint s; ${lost.texts.join('; ')}; rollback to s; savepoint s; ${then.texts.join('; ')}; release s`,
      run: async (knex) => {
        const results = [await kept.run(knex)]
        await knex.transaction(async (inner) => {
          results.push(await lost.run(inner))
          throw new Error('back')
        }).catch((error: Error) => { if (error.message !== 'back') throw error })
        return [...results, await knex.transaction(then.run)]
      }
    }
  },
  'for update of': (choices) => {
    const columns = columnsOf(USERS, 'u')
    const narrow = condition(choices, columns, 2)
    const rival = choices.pick(RIVALS)
    const shown = text(choices, columns, 2)
    return raw(choices.pick([
      () => `select u.id, u.full_name, u.points, ${shown} as a from users u where u.id < 6 and ${narrow} for update of u`,
      () => `select u.*, o.label from users u join orders o on o.user_id = u.id where ${narrow} for no key update of u`,
      () => `update users u set full_name = coalesce(${shown}, 'none'), rank = rank + 1 where ${narrow} returning *`,
      () => `delete from users u where ${narrow} returning *`
    ])(), { rival })
  }
}

/** What is documented to be refused while a transition is under way. */
export const REFUSED: Readonly<Record<string, Maker>> = {
  'an old column named': (choices) => raw(choices.pick([
    'select first_name from users', `select id from users u where u.nick = 'x' and ${condition(choices, columnsOf(USERS, 'u'), 1)}`,
    'update users set score = 5', "insert into users (email, vip) values ('o@x', true)", 'select full_name from users order by last_name'
  ]), { refusedAs: duringTransition('OLD_COLUMN') }),
  'the whole row': (choices) => raw(choices.pick([
    `select to_jsonb(u) - 'email' as x from users u where ${condition(choices, columnsOf(USERS, 'u'), 1)}`, 'select count(users) as n from users'
  ]), { refusedAs: duringTransition('WHOLE_ROW') }),
  'NATURAL JOIN': () => raw('select id from users natural join people', { refusedAs: duringTransition('NOT_UNDERSTOOD') })
}
