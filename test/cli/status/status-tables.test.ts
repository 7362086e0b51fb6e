import t from 'tap'
import { createColors } from 'picocolors'
import { statusTables } from '../../../src/cli/status/status-tables.js'
import type { BackfillStatus, InstanceStatus, TransitionStatus } from '../../../src/data/operator.js'

const now = new Date('2026-11-01T09:30:00Z')
const colors = createColors(false)

const instance: InstanceStatus = {
  id: '1',
  name: 'api-1',
  host: 'web',
  pid: 42,
  build: 'v7',
  startedAt: '2026-11-01T09:00:00Z',
  leaseUntil: '2026-11-01T09:30:08Z',
  live: true,
  knows: true,
  replica: false,
  lag: 0,
  acknowledged: { phase: 'backfill', epoch: 3, at: '2026-11-01T09:29:00Z' }
}
const backfill: BackfillStatus = {
  startedAt: '2026-11-01T09:26:00Z',
  updatedAt: '2026-11-01T09:29:59Z',
  finishedAt: null,
  filledRows: 6_300,
  estimatedRows: 10_000,
  percent: 63.4,
  rowsPerSecond: 900,
  etaMs: 4_000,
  held: null,
  workers: []
}
const users: TransitionStatus = {
  transition: 'users.full_name',
  table: 'users',
  phase: 'backfill',
  epoch: 3,
  since: '2026-11-01T09:26:00Z',
  known: true,
  operator: null,
  paused: null,
  strayWriters: [],
  shadowReads: { compared: 0, different: 0, last: null },
  backfill,
  pendingRows: 3_700,
  setAsideRows: 0,
  readView: 'vintage."public.users"',
  next: 'read-new',
  instances: [instance]
}
const orders: TransitionStatus = {
  transition: 'orders.total', table: 'orders', phase: null, epoch: null, since: null, known: true, operator: null, paused: null, readView: null, strayWriters: [], shadowReads: { compared: 0, different: 0, last: null }, backfill: null, pendingRows: null, setAsideRows: null, next: 'expand', instances: []
}

function rowOf (text: string, start: string): string[] {
  const line = text.split('\n').find((line) => line.startsWith(`│ ${start}`)) ?? ''
  return line.split('│').slice(1, -1).map((cell) => cell.trim())
}

t.test('D20 a backfill that waits says why, and who has paused it', async (t) => {
  const held = { reason: 'replication slot s holds back 12000 MB of WAL (limit 10240 MB)', since: '2026-11-01T09:29:00Z' }
  const text = statusTables([{ ...users, backfill: { ...backfill, held }, paused: { by: 'ada', since: '2026-11-01T09:29:00Z' } }], colors, now)
  t.match(rowOf(text, 'users.full_name').at(-1), '63% of 10,000, 900 rows/s, 4 s left; waits: replication slot s holds back 12000 MB of WAL (limit 10240 MB)')
  t.match(text, 'users.full_name: paused by ada since 2026-11-01 09:29:00Z, 1 min ago; `vintage resume users.full_name` lets it go on')
})

t.test('the read view is told, where there is one', async (t) => {
  t.match(statusTables([users], colors, now), 'users.full_name: vintage."public.users" shows the head columns to whoever does not use knex')
  t.notMatch(statusTables([{ ...users, readView: null }], colors, now), /shows the head columns/)
})

t.test('D19 rows that are set aside are told, and how to name them', async (t) => {
  t.match(statusTables([{ ...users, setAsideRows: 1_200 }], colors, now), 'users.full_name: 1,200 rows are set aside and keep `read-new` from being entered; `vintage set-aside list users.full_name` names them')
  for (const setAsideRows of [0, null]) t.notMatch(statusTables([{ ...users, setAsideRows }], colors, now), 'set aside')
})

t.test('D30 who still writes the old side is told with role and last time, and a session without a name as one', async (t) => {
  const strayWriters = [
    { application: 'nightly-import', role: 'etl', lastAt: '2026-11-01T09:00:00Z' },
    { application: '', role: 'postgres', lastAt: '2026-11-01T09:28:00Z' }
  ]
  t.match(statusTables([{ ...users, strayWriters }], colors, now),
    'users.full_name: the old side was written within the last day by nightly-import as etl, 2026-11-01 09:00:00Z, 30 min ago; no application_name as postgres, 2026-11-01 09:28:00Z, 2 min ago\n')
})

t.test('shadow reads are told with what differed last, where there were any', async (t) => {
  const last = { statement: 'select full_name from users where id = $1', at: '2026-11-01T09:28:00Z', instance: 'api-1' }
  t.match(statusTables([{ ...users, shadowReads: { compared: 1_204, different: 3, last } }], colors, now),
    'users.full_name: 3 of 1,204 shadow reads DIFFERED, the last of api-1, 2026-11-01 09:28:00Z, 2 min ago: select full_name from users where id = $1\n')
  t.match(statusTables([{ ...users, shadowReads: { compared: 1_204, different: 0, last: null } }], colors, now), 'users.full_name: 1,204 shadow reads, none of which differed\n')
  t.notMatch(statusTables([users], colors, now), /shadow reads/)
})

t.test('a transition is told with its phase, its age, what is left, and the next command', async (t) => {
  const text = statusTables([users], colors, now)
  t.same(rowOf(text, 'users.full_name'), ['users.full_name', 'users', 'backfill', '2026-11-01 09:26:00Z, 4 min ago', '3,700', '63% of 10,000, 900 rows/s, 4 s left'])
  t.same(rowOf(text, 'api-1'), ['api-1', 'web:42', 'v7', 'users.full_name', 'backfill (epoch 3), 2026-11-01 09:29:00Z, 1 min ago'])
  t.match(text, /\nnext: vintage advance {2}\(fills the new columns/)
})

t.test('a backfill that was cut short is what comes next; once it has ended, it is the next phase', async (t) => {
  const nextOf = (status: TransitionStatus): string => statusTables([status], colors, now).split('\n').at(-1) ?? ''
  t.match(nextOf({ ...users, backfill: null }), /\(fills the new columns/)
  t.match(nextOf({ ...users, backfill: { ...backfill, finishedAt: backfill.updatedAt } }), /\(verifies every row/)
})

t.test('with several transitions each next command names its own', async (t) => {
  const text = statusTables([users, orders, { ...users, transition: 'users.done', phase: 'drop', next: null }, { ...orders, transition: 'gone', phase: 'hide', known: false }], colors, now)
  t.same(rowOf(text, 'orders.total').slice(2), ['not begun', '', '', ''])
  t.match(text, /users\.full_name: next: vintage advance users\.full_name/)
  t.match(text, /orders\.total: next: vintage migrate {2}\(begins this transition\)/)
  t.match(text, /users\.done: next: nothing, this transition is done/)
  t.match(text, /gone: next: nothing, no file in `transitions\/` defines it here/)
})

t.test('only live instances are shown, by name, with what each lacks', async (t) => {
  const instances: InstanceStatus[] = [
    { ...instance, name: 'old-build', knows: false, build: null, acknowledged: null, lag: null },
    { ...instance, name: 'fresh', acknowledged: null, lag: null },
    { ...instance, name: 'dead', live: false },
    { ...instance, name: 'behind', acknowledged: { phase: 'dual-write', epoch: 2, at: '2026-11-01T09:20:00Z' }, lag: 1 },
    { ...instance, name: 'never-behind', lag: null }
  ]
  const text = statusTables([{ ...users, instances }], colors, now)
  t.equal(rowOf(text, 'old-build').at(-1), 'its build does not know this transition')
  t.equal(rowOf(text, 'fresh').at(-1), 'nothing yet')
  t.equal(rowOf(text, 'behind').at(-1), 'dual-write (epoch 2, 1 behind), 2026-11-01 09:20:00Z, 10 min ago')
  t.notMatch(text, /│ dead/)
  t.ok(text.indexOf('behind') < text.indexOf('fresh') && text.indexOf('fresh') < text.indexOf('old-build'))
})

t.test('an instance has nothing to acknowledge before a transition has begun', async (t) => {
  t.equal(rowOf(statusTables([{ ...orders, instances: [{ ...instance, acknowledged: null, lag: null }] }], colors, now), 'api-1').at(-1), '')
})

t.test('who is at work is told', async (t) => {
  const operator = { by: 'ada@laptop (7)', since: '2026-11-01T09:29:30Z', until: '2026-11-01T09:30:05Z' }
  t.match(statusTables([{ ...users, operator }], colors, now), /users\.full_name: ada@laptop \(7\) is at work on it since 2026-11-01 09:29:30Z, 30 s ago\n/)
})

t.test('a backfill that has ended tells how long it took; one without a rate yet tells no time', async (t) => {
  const ended = { ...backfill, finishedAt: '2026-11-01T09:28:05Z', filledRows: 10_000 }
  t.equal(rowOf(statusTables([{ ...users, backfill: ended }], colors, now), 'users.full_name').at(-1), 'done: 10,000 rows in 2 min 5 s')
  t.equal(rowOf(statusTables([{ ...users, backfill: { ...backfill, etaMs: null } }], colors, now), 'users.full_name').at(-1), '63% of 10,000, 900 rows/s')
})

t.test('rows that took too long to count are said to be many; after the drop there are none', async (t) => {
  t.equal(rowOf(statusTables([{ ...users, pendingRows: null }], colors, now), 'users.full_name')[4], 'too many to count now')
  t.equal(rowOf(statusTables([{ ...users, phase: 'drop', next: null, pendingRows: null }], colors, now), 'users.full_name')[4], '')
})

t.test('no transitions and no instances are told in a sentence', async (t) => {
  t.match(statusTables([], colors, now), /^no transitions: /)
  t.match(statusTables([orders], colors, now), /no instance is live/)
})

t.test('D22 who fills rows is told with place, keys and last sign, also one of a build that noted no place', async (t) => {
  const workers = [
    { worker: 'ada', host: 'web', pid: 7, range: { after: null, upTo: ['eu', '900'] }, filledRows: 1_200, lastSign: '2026-11-01T09:29:58Z' },
    { worker: 'ada #2', host: null, pid: null, range: { after: ['eu', '900'], upTo: ['us', '12'] }, filledRows: 0, lastSign: '2026-11-01T09:28:00Z' }
  ]
  const text = statusTables([{ ...users, backfill: { ...backfill, workers } }, orders], colors, now)
  t.same(rowOf(text, 'worker'), ['worker', 'where', 'transition', 'keys', 'rows', 'last sign'])
  t.same(rowOf(text, 'ada '), ['ada', 'web:7', 'users.full_name', 'up to eu, 900', '1,200', '2026-11-01 09:29:58Z, 2 s ago'])
  t.same(rowOf(text, 'ada #2').slice(1, 5), ['', 'users.full_name', 'after eu, 900, up to us, 12', '0'])
  t.notMatch(statusTables([users, orders], colors, now), /│ worker/)
})

t.test('D16 an instance that reads from a replica is marked', async (t) => {
  t.equal(rowOf(statusTables([{ ...users, instances: [{ ...instance, replica: true }] }], colors, now), 'api-1')[1], 'web:42, on a replica')
})
