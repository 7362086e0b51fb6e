import type { Knex } from 'knex'
import t from 'tap'
import { PHASES } from '../../../src/data/phases.js'
import { createTwins, knownTo } from './twins.js'

type Form = (knex: Knex) => PromiseLike<unknown>
const sql = (text: string, bindings: Knex.RawBinding[] = []): Form => async (knex) => {
  const { rows, rowCount } = await knex.raw(text, bindings)
  return { rows: inOrder(rows), rowCount }
}

/** RETURNING has no order of its own. */
function inOrder (rows: unknown): unknown {
  return Array.isArray(rows) ? rows.map((row) => JSON.stringify(row)).sort() : rows
}

/** Every write of an application that knows head only; what it returns and what it leaves behind are compared. */
const FORMS: Record<string, Form> = {
  insert: (knex) => knex('users').insert({ email: 'n@x', full_name: 'New One' }).returning('*'),
  'insert without the new column': (knex) => knex('users').insert({ email: 'n@x' }).returning(['id', 'full_name', 'score']),
  'insert null': (knex) => knex('users').insert({ email: 'n@x', full_name: null }).returning('full_name'),
  'insert with default': sql("insert into users (full_name, score) values (default, default), ('B C', 1) returning full_name, score"),
  'insert default values': sql('insert into users default values returning score, full_name'),
  'insert of several with different keys': (knex) => knex('users').insert([{ email: 'n@x', full_name: 'New One' }, { email: 'm@x', score: 3 }]).returning('*'),
  batchInsert: (knex) => knex.batchInsert('users', Array.from({ length: 5 }, (_, index) => ({ email: `b${index}@x`, full_name: `Batch ${index}` })), 2).returning('full_name'),
  'insert from select': sql("insert into users (email, full_name) select 'copy ' || id, full_name from users where score > 10 order by id returning full_name"),
  'insert from a CTE that deletes': sql('with gone as (delete from users where id < 3 returning *) insert into users (email, full_name) select email, upper(full_name) from gone order by id returning *'),
  'insert elsewhere from select': sql('insert into people (id, full_name) select 100 + id, full_name from users where id < 3 returning *'),
  'upsert with merge': (knex) => knex('users').insert({ email: 'b@x', full_name: 'Robert' }).onConflict('email').merge().returning(['id', 'full_name', 'score']),
  'upsert with merge of some': (knex) => knex('users').insert({ email: 'b@x', full_name: 'Robert', score: 1 }).onConflict('email').merge(['score']).returning('*'),
  'upsert that reads both rows': sql("insert into users as u (email, full_name) values ('c@x', 'Anna') on conflict (email) do update set full_name = excluded.full_name || ' was ' || u.full_name where u.full_name <> excluded.full_name returning *"),
  'upsert of a row set': sql("insert into users (email, full_name) values ('a@x', 'A B') on conflict (email) do update set (full_name, score) = row (excluded.full_name || '!', 5) returning full_name, score"),
  'upsert that does nothing': (knex) => knex('users').insert({ email: 'b@x', full_name: 'Robert' }).onConflict('email').ignore().returning('id'),
  'upsert on a constraint': sql("insert into users (email, full_name) values ('d@x', 'D') on conflict on constraint users_email_key do update set full_name = excluded.full_name returning full_name"),
  update: (knex) => knex('users').where('full_name', 'Ada Lovelace').update({ full_name: 'Ada King' }).returning(['id', 'full_name']),
  'update of another column': (knex) => knex('users').where('id', '<', 4).update({ score: 1 }).returning('*'),
  'update with a raw right side': (knex) => knex('users').where('id', '<', 4).update({ full_name: knex.raw("full_name || ' Jr'") }).returning('*'),
  'update to itself': (knex) => knex('users').update({ full_name: knex.ref('full_name') }).returning('id'),
  'update from': sql('update users u set full_name = p.full_name || $$ / $$ || u.full_name, score = o.cents from people p join orders o on o.id = p.id where p.id = u.id returning u.*, p.*, o.label'),
  'update from, returning *': sql('update users set score = p.id from people p where p.full_name = users.full_name and users.id = 1 returning *'),
  'update from a self-join': sql('update users u set full_name = v.full_name from users v where v.id = u.id + 1 and v.full_name > $$$$ returning u.id, u.full_name, v.full_name as other'),
  'update with a sub-query': sql('update users set full_name = (select max(p.full_name) from people p where p.full_name >= users.full_name) where id < 4 returning id, full_name'),
  'update of several from a sub-query': sql('update users u set (full_name, score) = (select v.full_name || $$ sic$$, length(u.full_name) from users v where v.id = 2) where id = 3 returning full_name, score'),
  'update of a table elsewhere': sql('update people set full_name = u.full_name from users u where u.id = people.id and u.full_name is not null returning *'),
  'update with a CTE': sql('with busy as (select user_id, count(*) as n from orders group by user_id) update users set score = n from busy where busy.user_id = users.id and users.full_name > $$A$$ returning full_name, score'),
  increment: (knex) => knex('users').where('full_name', 'Bob').increment('score', 5),
  delete: (knex) => knex('users').where('full_name', 'like', 'A%').del(['id', 'full_name']),
  'delete using': sql('delete from users u using people p where p.full_name = u.full_name returning u.*, p.id as person'),
  'delete using, returning *': sql('delete from users using orders o where o.user_id = users.id and o.cents = 5 returning *'),
  'delete elsewhere by sub-query': (knex) => knex('orders').whereIn('user_id', knex('users').where('full_name', 'Bob').select('id')).del(),
  'merge statement': sql(`merge into users u using (values ('a@x', 'One'), ('z@x', 'Two')) as v (mail, name) on u.email = v.mail
    when matched and u.full_name > 'A' then update set full_name = v.name || ' ' || u.full_name
    when not matched then insert (email, full_name) values (v.mail, v.name)`),
  'merge statement, bare names of either side': sql(`merge into users using people on people.id = users.id
    when matched then update set score = 1
    when not matched by source and full_name > 'B' then update set full_name = full_name || '!'
    when not matched and full_name > 's' then insert (email, full_name) values (full_name, full_name)`),
  'merge statement, bare names of its source': sql('merge into people using users on people.id = users.id when not matched then insert (id, full_name) values (id, full_name) returning *'),
  'merge statement, returning': sql('merge into users using people p on p.id = users.id when matched then update set full_name = upper(users.full_name) when not matched then do nothing returning merge_action(), users.full_name, p.*'),
  'merge statement, returning *': sql('merge into users using people p on p.id = users.id when matched then delete returning *'),
  'returning before and after': sql("update users set full_name = 'Z' where id in (1, 2) returning old.full_name as was, new.full_name as is, old.*"),
  'returning before and after, renamed': sql("insert into users (email, full_name) values ('a@x', 'Z') on conflict (email) do update set full_name = excluded.full_name returning with (old as o, new as n) o.full_name as was, n.full_name, n.*"),
  'two writes in one transaction': (knex) => knex.transaction(async (trx) => {
    await trx('users').where('id', 1).update({ full_name: 'Once' })
    return await trx('users').where('full_name', 'Once').update({ full_name: trx.raw("upper(full_name) || '!'") }).returning('full_name')
  }),
  savepoint: (knex) => knex.transaction(async (trx) => {
    await trx('users').where('id', 1).update({ full_name: 'Kept' })
    await trx.transaction(async (inner) => {
      await inner('users').where('id', 2).update({ full_name: 'Lost' })
      throw new Error('back')
    }).catch(() => {})
    return await trx('users').whereIn('full_name', ['Kept', 'Lost']).select('id', 'full_name')
  }),
  'create table as': async (knex) => {
    await knex.raw('create table copies as select id, full_name from users')
    return await knex('copies').orderBy('id')
  },
  'select into': async (knex) => {
    await knex.raw('select * into copies from users')
    return await knex('copies').orderBy('id')
  },
  cursor: async (knex) => (await knex.raw('declare c cursor for select full_name from users order by id; fetch 3 from c'))[1].rows,
  'lock and truncate': async (knex) => { await knex.raw('lock table users; truncate users') }
}

const CONTENT = 'select id, email, score, tags, full_name from users order by id'

/** Runs a form, reads the table, and takes it all back. */
async function outcome (knex: Knex, form: Form): Promise<string> {
  const rows: unknown[] = []
  await knex.transaction(async (trx) => {
    rows.push(inOrder(await form(trx)))
    rows.push((await trx.raw(CONTENT)).rows)
    throw new Error('enough')
  }).catch((error: Error) => { if (error.message !== 'enough') throw error })
  await knex.raw('select setval(pg_get_serial_sequence(\'users\', \'id\'), 1000)')
  return JSON.stringify(rows, null, 1)
}

const SINCE = {
  'merge statement, bare names of either side': 17,
  'merge statement, bare names of its source': 17,
  'merge statement, returning': 17,
  'merge statement, returning *': 17,
  'returning before and after': 18,
  'returning before and after, renamed': 18
}

for (const phase of PHASES.slice(1)) {
  t.test(`D7 at ${phase} each write does what it does to a table that always had the new column`, async (t) => {
    const { live, plain } = await createTwins(t, phase)
    for (const knex of [live, plain]) await knex.raw('select setval(pg_get_serial_sequence(\'users\', \'id\'), 1000)')
    for (const [name, form] of await knownTo(plain, FORMS, SINCE)) {
      await t.test(name, async (t) => {
        t.equal(await outcome(live, form), await outcome(plain, form))
      })
    }
  })
}

t.test('D6 the known limit: null for a row that is still to be filled is taken as no write, afterwards it is one', async (t) => {
  const { live, move } = await createTwins(t, 'dual-write', { pollMs: 20 })
  const setNull = async (): Promise<unknown> => (await live('users').where('id', 2).update({ full_name: null }).returning('full_name'))[0].full_name
  t.equal(await setNull(), 'Bob')
  await move('read-new')
  t.equal(await setNull(), null)
})
