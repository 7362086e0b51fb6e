import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import type { Sessions } from '../../../src/data/database.js'
import { poolSessions } from '../../../src/data/online/knex-sessions.js'
import { openShadowReads } from '../../../src/data/shadow/open-shadow-reads.js'
import { ShadowCounts } from '../../../src/data/shadow/shadow-counts.js'
import { ShadowReads } from '../../../src/data/shadow/shadow-reads.js'
import { transition } from '../../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named } from '../fixtures.js'
import { openShadows } from './fixtures.js'

const PLAIN = transition({ ...FULL_NAME, notNull: [], indexes: [] })

const SHARE = transition({
  table: 'users',
  before: { ver: 'integer' },
  after: { share: 'double precision' },
  upgrade: { share: 'ver::double precision / 10' },
  downgrade: { ver: '(share * 10)::integer' },
  lossy: 'upgrade'
})

const transitions = await named({ 'users.full_name': PLAIN, 'users.share': SHARE })
const { knex, operator, url } = await createGround(t, async (knex) => await createUsers(knex, 1_001), { transitions })
await operator.migrate()
for (const { name } of transitions) await operator.advance({ transition: name, to: 'backfill' })
const shadows = await openShadows(t, url, transitions)

const TRIGGER = 'zz_vintage_users_full_name_update'

/** What no trigger sees. */
async function bypass (change: string): Promise<void> {
  await knex.raw(`alter table users disable trigger ${TRIGGER}; ${change}; alter table users enable always trigger ${TRIGGER}`)
}

const SAME = { 'users.full_name': 'same' }
const DIFFERENT = { 'users.full_name': 'different' }

const COMPARED: ReadonlyArray<readonly [sql: string, bindings?: readonly unknown[]]> = [
  ['select full_name, users.* from (select id, full_name from users) as users where id = $1', [1]],
  ['select "full_name" from "users" where "id" between $1 and $2 order by "full_name" desc limit $3 offset $4', [3, 9, 4, 1]],
  ['select u.full_name from public.users u where id < 9 limit 1 offset 0'],
  ['select count(*), min(full_name) from users group by lower(full_name) having max(id) < $1;', [9]],
  ['with a as (select full_name as f, id from users) select distinct f, f from a where id < 9 union all select note, null from users where id < 9 -- end'],
  ['select id from users where full_name = any ($1)', [['First1 Last1', 'nobody']]],
  ["select id from users u where exists (select 1 from users v where v.full_name = 'First1 Last1' and v.id = u.id)"]
]

t.test('equal answers are counted, limit and offset aside', async (t) => {
  for (const [sql, bindings] of COMPARED) t.strictSame(await shadows.see(sql, bindings), SAME, sql)
  t.match(await shadows.latest('users.full_name'), { compared: COMPARED.length, different: 0, last: null })
  t.strictSame(shadows.errors, [])
})

const NOT_COMPARED: Readonly<Record<string, string>> = {
  'now()': 'select full_name, now() from users where id < 9',
  'a stable function': 'select concat(full_name) from users where id < 9',
  'a volatile function': 'select full_name from users where id < 9 order by random()',
  'what is no call but changes': 'select full_name, current_date from users where id < 9',
  'a lock': 'select full_name from users where id < 9 for update',
  'an aggregate that goes by the order': "select string_agg(full_name, ',') from users",
  'an array of rows': 'select id, array(select full_name from users where id < 9) from users where id = 1',
  'a JSON array of rows': 'select json_arrayagg(full_name) from users where id < 9',
  'a JSON object of rows': 'select json_objectagg(id: full_name) from users where id < 9',
  'a JSON array of a sub-query': 'select id, json_array(select full_name from users where id < 9) from users where id = 1',
  'a window': 'select full_name, count(*) over (order by note) from users where id < 9',
  'the first of several': 'select distinct on (note) full_name from users',
  'a limit within': 'select * from (select full_name from users limit 1) as first',
  'a limit that is no number': 'select full_name from users limit 1 + 1',
  'a limit of text': "select full_name from users limit '1'",
  'a limit of half a set': '(select full_name from users limit 1) union all select note from users where id < 9',
  'a sample': 'select full_name from users tablesample system (50) where id < 9',
  'a new table': 'select full_name into copy from users',
  'a view': 'select full_name from users join latest on true where id < 9',
  'a write': 'with gone as (delete from users returning full_name) select * from gone',
  'what is no SELECT': "update users set full_name = 'x' where id = 1 returning full_name",
  'two statements': 'select full_name from users where id < 9; select 1',
  'no column in transition': 'select id, note from users where id < 9',
  'another table': 'select 1 from other',
  'what only its own connection knows': 'select full_name from users join only_here on true',
  'a limit that nobody has written': 'select full_name from users fetch first row only',
  'over a thousand rows': 'select full_name from users'
}

t.test('what may answer otherwise each time, locks, writes, or is long is not compared, and nothing of it is done', async (t) => {
  await knex.raw('create view latest as select 1 from users limit 1')
  const rows = await knex('users').orderBy('id')
  for (const [what, sql] of Object.entries(NOT_COMPARED)) t.strictSame(await shadows.see(sql), {}, what)
  t.strictSame(await knex('users').orderBy('id'), rows)
  t.strictSame(await shadows.see('select full_name from users where id <= $1', [1_000]), SAME)
  t.strictSame(shadows.errors, [])
})

t.test('a statement that takes half a second is given up, and not tried again', async (t) => {
  const slow = 'select count(*) from users a, users b, users c where a.full_name < b.full_name || c.full_name'
  t.strictSame(await shadows.see(slow), {})
  t.notOk(shadows.reads.picks(shadows.era), 'and there is a rest after it')
  const start = performance.now()
  t.strictSame(await shadows.see(slow), {})
  t.ok(performance.now() - start < 400)
})

t.test('where the old side takes too long to answer, the rest is told without it, and then without asking it', async (t) => {
  const own = poolSessions(knex.client)
  const asked: boolean[] = []
  const sessions: Sessions = {
    ...own,
    transaction: async (work, characteristics) => await own.transaction(async (session) => await work({
      query: async (sql, values) => {
        const isOld = sql.includes('record_image_eq')
        asked.push(isOld)
        if (isOld) await session.query('set local statement_timeout = 1')
        return await session.query(sql, values)
      }
    }), characteristics)
  }
  const counts = new ShadowCounts()
  const reads = new ShadowReads({ share: 1, transitions, counts, sessions, isLatest: () => true, onError: (error) => { throw error } })
  const sql = 'select count(*) from users a, users b where a.full_name < b.full_name || $1 and a.id < 200 and b.id < 200'
  await reads.compare(shadows.era, sql, ['a'])
  t.equal(asked.splice(0).filter((isOld) => isOld).length, 1)
  await reads.compare(shadows.era, sql, ['b'])
  t.notOk(asked.includes(true))
  await counts.report(async (told) => { t.match(told, [{ compared: 2, different: 0 }]) })
})

t.test('a value that cannot be compared now does not keep the statement from being compared again', async (t) => {
  const sql = 'select full_name, 100 / (id - 5) from users where id = $1'
  t.strictSame(await shadows.see(sql, [5]), {})
  t.strictSame(await shadows.see(sql, [6]), SAME)
  const lock = await knex.transaction()
  await lock.raw('lock table users in access exclusive mode')
  t.strictSame(await shadows.see(sql, [6]), {})
  await lock.rollback()
  t.strictSame(await shadows.see(sql, [6]), SAME)
})

t.test('a row that somebody has brought out of sync is a difference where it shows, and its values are told nobody', async (t) => {
  const before = await shadows.latest('users.full_name')
  await bypass("update users set first_name = 'Secret' where id = 1")
  t.strictSame(await shadows.see('select full_name from users where id = 2'), SAME, 'another row')
  t.strictSame(await shadows.see("select id from users where full_name = 'First1 Last1' /* of Ada */ and id < $1", [9]), DIFFERENT)
  const after = await shadows.latest('users.full_name')
  t.match(after, { different: 1, last: { statement: 'select id from users where full_name = $2 and id < $1', at: Date } })
  t.equal(after?.compared, (before?.compared ?? 0) + 2)
  t.strictSame(await shadows.see('select full_name from users where id < 4 order by id limit 3'), DIFFERENT)
  await bypass("update users set first_name = 'First1' where id = 1")
  t.strictSame(await shadows.see('select full_name from users where id < 4 order by id limit 3'), SAME)
  t.match(await shadows.latest('users.full_name'), { different: 2, last: { statement: 'select full_name from users where id < $1 order by id limit $2' } })
})

t.test('what either side has written through the triggers is no difference, however lossy', async (t) => {
  await knex('users').where({ id: 1 }).update({ full_name: '  Mary  Ann ' })
  await knex('users').where({ id: 2 }).update({ first_name: 'Grace', last_name: null })
  await knex('users').where({ id: 3 }).update({ full_name: null })
  t.strictSame(await shadows.see('select full_name from users where id < 9'), SAME)
})

t.test('a row that is still to be filled is no difference, and hides none', async (t) => {
  await bypass('update users set vintage_users_full_name_pending = true, full_name = null where id = 4')
  t.strictSame(await shadows.see('select full_name from users where id < 9'), {})
  t.strictSame(await shadows.see('select full_name from users where id = 5'), SAME)
  await bypass("update users set last_name = 'Other' where id = 5")
  t.strictSame(await shadows.see('select full_name from users where id < 9'), DIFFERENT)
  await knex('users').whereIn('id', [4, 5]).update({ first_name: 'New' })
  t.strictSame(await shadows.see('select full_name from users where id < 9'), SAME)
})

t.test('each transition of a table is compared by itself', async (t) => {
  t.strictSame(await shadows.see('select * from users where id < 9'), { 'users.full_name': 'same', 'users.share': 'same' })
  await knex.raw('alter table users disable trigger zz_vintage_users_share_update; update users set ver = 7 where id = 1')
  t.strictSame(await shadows.see('select * from users where id < 9'), { 'users.full_name': 'same', 'users.share': 'different' })
  await knex.raw('alter table users enable always trigger zz_vintage_users_share_update; update users set ver = 0 where id = 1')
  t.strictSame(await shadows.see('select * from users where id < 9'), { 'users.full_name': 'same', 'users.share': 'same' })
})

t.test('the transitions that a statement reads share a time, after which the others are left out', async (t) => {
  const { see } = await openShadows(t, url, transitions, { budgetMs: 0 })
  t.strictSame(await see('select * from users where id < 9'), SAME)
})

t.test('what is not picked, or overtaken by a phase, is not compared; one statement is at a time', async (t) => {
  const rare = await openShadows(t, url, transitions, { share: Number.MIN_VALUE })
  t.notOk(rare.reads.picks(rare.era))
  const overtaken = await openShadows(t, url, transitions, { isLatest: () => false })
  t.strictSame(await overtaken.see('select full_name from users where id < 9'), {})
  const stopping = await openShadows(t, url, transitions)
  t.ok(stopping.reads.picks(stopping.era))
  stopping.reads.compare(stopping.era, 'select full_name from users where id < 9', [])
  t.notOk(stopping.reads.picks(stopping.era), 'one is at work')
  await stopping.stop()
  t.notOk(stopping.reads.picks(stopping.era), 'stopped')
  t.match(await stopping.latest('users.full_name'), { compared: 1, different: 0 })
})

t.test('what keeps all statements from being compared is told once', async (t) => {
  const failing = await openShadows(t, url, transitions)
  await knex.raw('alter table vintage.backfills rename to backfills_of_before')
  t.ok(failing.reads.picks(failing.era))
  for (const column of ['full_name', 'id', 'full_name']) t.strictSame(await failing.see(`select ${column} from users where id < 9`), {}, 'one that asks nobody says nothing of it')
  t.notOk(failing.reads.picks(failing.era), 'nor is it tried again at once')
  t.match(failing.errors, [{ code: 'FST_ERR_VINTAGE_SHADOW_READS', message: /^no statement can be compared by a shadow read: .*backfills.* does not exist/, cause: { code: '42P01' } }])
  t.equal(failing.errors.length, 1)
  await knex.raw('alter table vintage.backfills_of_before rename to backfills')
  t.strictSame(await failing.see('select full_name from users where id < 9'), SAME)
})

t.test('a database that hears nothing any more does not keep the process from stopping', async (t) => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = Object(silent.address())
  const errors: unknown[] = []
  const { reads, stop } = openShadowReads({ client: 'pg', connection: { host: '127.0.0.1', port }, pool: { min: 0, max: 1 }, log: { warn: () => {} } }, 50, {
    share: 1, transitions, counts: new ShadowCounts(), isLatest: () => true, onError: (error) => errors.push(error)
  })
  reads.compare(shadows.era, 'select full_name from users where id = 1', [])
  await once(silent, 'connection')
  await stop()
  for (const socket of sockets) socket.destroy()
  silent.close()
  await reads.stop()
  t.match(errors, [{ code: 'FST_ERR_VINTAGE_SHADOW_READS' }])
})

t.test('a network that falls silent within a comparison ends it, and its connection is closed', async (t) => {
  const [server, through] = [new URL(url), new URL(url)]
  const sockets: Socket[] = []
  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname)
    client.pipe(upstream).pipe(client)
    sockets.push(client, upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  through.port = Object(proxy.address()).port
  const { reads, errors, see, era } = await openShadows(t, url, transitions, { through: through.href, limitMs: 300 })
  t.strictSame(await see('select full_name from users where id = 1'), SAME)
  const [client, upstream] = sockets
  // it hears what is sent, and answers nothing
  client?.unpipe(upstream).resume()
  const closed = new Promise((resolve) => client?.once('close', resolve))
  await reads.compare(era, 'select full_name from users where id = 1', [])
  t.match(errors, [{ code: 'FST_ERR_VINTAGE_SHADOW_READS', cause: { code: 'FST_ERR_VINTAGE_SILENT_DATABASE' } }])
  t.strictSame(await see('select full_name from users where id = 1'), SAME, 'the next one has a new connection')
  t.equal(sockets.length, 4)
  await closed
  for (const socket of sockets) socket.destroy()
  proxy.close()
})

t.test('a table is compared once its rows are filled, and until its new columns are read themselves', async (t) => {
  await operator.advance({ transition: 'users.share', to: 'read-new' })
  await knex('vintage.backfills').where('transition', 'users.full_name').update({ finished_at: null })
  const filling = await openShadows(t, url, transitions)
  t.strictSame(await filling.see('select * from users where id < 9'), {})
  t.strictSame(await filling.see('select * from users where id < 9'), {}, 'nor is that asked again at once')
  await operator.advance({ transition: 'users.full_name', to: 'read-new' })
  const done = await openShadows(t, url, transitions)
  t.notOk(done.reads.picks(done.era))
})

t.test('a new column whose type answers otherwise is a difference', async (t) => {
  await operator.rollback({ transition: 'users.share', to: 'backfill' })
  await knex('users').where({ id: 7 }).update({ ver: 3 })
  await knex.raw('drop trigger zz_vintage_users_share_update on users; drop trigger zz_vintage_users_share_insert on users; alter table users alter column share type real')
  const { see } = await openShadows(t, url, transitions)
  await knex.raw('update users set vintage_users_share_pending = true where id = 9')
  t.strictSame(await see('select share from users where id = 7'), { 'users.share': 'different' }, '0.3 is 0.30000001192092896 before, though another row is still to be filled')
  t.strictSame(await see('select share from users where id = any ($1)', [[7, 9]]), {}, 'nor is it told of a statement that reads that one')
})
