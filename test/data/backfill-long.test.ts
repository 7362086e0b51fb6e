import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { createGround, createUsers } from './fixtures.js'

const PENDING = 'vintage_users_full_name_pending'

/** How often the backfill is killed; its rows are more than it fills until then. */
const KILLS = Number(process.env.VINTAGE_BACKFILL_KILLS ?? 100)
const KILLED_ROWS = 1_000 * KILLS
/** of those who are killed: who comes next waits for its end */
const LEASE_MS = 200

async function countWrong (knex: Knex): Promise<number> {
  const { rows: [{ wrong }] } = await knex.raw(`select count(*)::int as wrong from users where ${PENDING} or full_name is distinct from trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))`)
  return wrong
}

interface Told { id: number, ver: number, first: string, last: string }

/** Writes random rows by the old or the new side until stopped, and keeps what the database told it. */
async function write (knex: Knex, side: 'old' | 'new', name: string, rows: number, going: () => boolean): Promise<Told[]> {
  const told: Told[] = []
  for (let count = 0; going(); count++) {
    const id = 1 + Math.floor(Math.random() * rows)
    const [first, last] = [name, `N${count}`]
    const set = side === 'old' ? { first_name: first, last_name: last } : { full_name: `${first} ${last}` }
    const [row] = await knex('users').where({ id }).update({ ...set, ver: knex.raw('ver + 1') }).returning('ver')
    told.push({ id, ver: row.ver, first, last })
  }
  return told
}

t.test('D1 old and new writers on overlapping rows while the backfill runs: every row holds the last committed write', async (t) => {
  const rows = 100_000
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, rows))
  await operator.migrate()
  let going = true
  // every writer meets every other on the first 200 rows, and the backfill on all
  const writers = Array.from({ length: 8 }, async (_, index) =>
    await write(knex, index % 2 === 0 ? 'old' : 'new', `Writer${index}`, index < 4 ? 200 : rows, () => going))
  await operator.advance({ to: 'backfill' })
  await sleep(200)
  going = false
  const told = (await Promise.all(writers)).flat()
  const last = new Map<number, Told>()
  for (const write of told) if ((last.get(write.id)?.ver ?? 0) < write.ver) last.set(write.id, write)
  const wrong = []
  for (const row of await knex('users').select('*')) {
    const write = last.get(row.id)
    const [first, last_] = write === undefined ? [`First${row.id}`, `Last${row.id}`] : [write.first, write.last]
    const right = row.first_name === first && row.last_name === last_ && row.full_name === `${first} ${last_}` && row.ver === (write?.ver ?? 0) && row[PENDING] === false
    if (!right) wrong.push({ row, write })
  }
  t.same(wrong, [])
  t.ok(told.length > 500, `${told.length} writes`)
  t.ok(last.size > 300, `${last.size} rows written`)
  t.match(await operator.verify(), { ok: true, checkedRows: rows, pendingRows: 0 })
})

interface Filler { readonly child: ChildProcess, readonly exited: Promise<unknown> }

/** A real process that fills the rows of `url` once it is told to begin. */
function startFiller (t: Test, url: string): Filler {
  const execArgv = ['--conditions=vintage-source', '--import=./scripts/typescript.mjs']
  const child = fork(new URL('./backfill-process.ts', import.meta.url), [url, String(LEASE_MS)], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  t.teardown(() => child.kill('SIGKILL'))
  return { child, exited: once(child, 'exit') }
}

/** One filler after the other; to load one takes longer than it lives, so that the next two load meanwhile. */
function * startFillers (t: Test, url: string): Generator<Filler> {
  for (let [next, later] = [startFiller(t, url), startFiller(t, url)]; ;) {
    const now = next
    next = later
    later = startFiller(t, url)
    yield now
  }
}

t.test('D17 a backfill that is killed again and again ends with every row right, its checkpoint never ahead of the rows', async (t) => {
  const { operator, knex, url } = await createGround(t, async (knex) => await createUsers(knex, KILLED_ROWS), { leaseMs: LEASE_MS })
  await operator.migrate()
  let kills = 0
  for (const { child, exited } of startFillers(t, url)) {
    child.send('begin')
    // every other one while it fills rows, those between at any moment from its first
    if (kills % 2 === 1) t.same(await Promise.race([once(child, 'message'), exited]), ['batch', undefined])
    await sleep(Math.random() * (kills % 2 === 1 ? 40 : 2 * LEASE_MS))
    t.ok(child.kill('SIGKILL'), 'it was at work')
    await exited
    const { rows: [{ ahead }] } = await knex.raw(`select count(*)::int as ahead from users where ${PENDING} and id <= coalesce((select (last_key ->> 0)::int from vintage.backfill_ranges), 0)`)
    t.equal(ahead, 0)
    if (++kills === KILLS) break
  }
  const before = (await operator.status()).transitions[0]?.backfill
  t.ok(before !== null && before !== undefined && before.filledRows > 0 && before.filledRows < KILLED_ROWS, `${before?.filledRows} rows were filled by processes that were killed`)
  t.match(await operator.advance({ to: 'backfill' }), { from: 'backfill', phase: 'backfill', steps: [] })
  t.equal(await countWrong(knex), 0)
  t.match((await operator.status()).transitions[0]?.backfill, { filledRows: KILLED_ROWS, percent: 100, etaMs: 0 })
})
