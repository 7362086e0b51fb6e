import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { spanning, type Spanning } from '../../src/data/knex/spanning.js'
import { PHASES, type Phase } from '../../src/data/phases.js'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named, type Ground } from '../data/fixtures.js'

// `npm run test:pgbouncer` starts PgBouncer and runs this; `npm test` does not, since npm does not bring PgBouncer.

const INSTANCES = 3

const LIVE = transition<string, string>({ ...FULL_NAME, schema: 'live' })

/** The database of a ground, through PgBouncer. */
function throughBouncer (url: string): string {
  const bouncer = process.env.VINTAGE_TEST_PGBOUNCER
  if (bouncer === undefined) throw new Error('no PgBouncer: run the test with `npm run test:pgbouncer`')
  const through = new URL(bouncer)
  through.pathname = new URL(url).pathname
  return through.href
}

interface Traffic { readonly done: Record<'reads' | 'writes' | 'transactions', number>, readonly wrong: unknown[], stop (): Promise<void> }

/** Reads, writes and transactions of one instance, each of which knows what it is to see. */
function startTraffic ({ knex }: Spanning, me: number): Traffic {
  const stopping = new AbortController()
  const done = { reads: 0, writes: 0, transactions: 0 }
  const wrong: unknown[] = []
  const id = me + 1
  let name = `First${id} Last${id}`
  const see = (what: string, row: object): void => {
    const shown = JSON.stringify(row)
    if (shown !== JSON.stringify({ id, full_name: name })) wrong.push({ what, shown, name })
  }
  const read = async (): Promise<void> => {
    see('read', await knex('users').where({ full_name: name, id }).first('id', 'full_name'))
    done.reads++
  }
  const write = async (): Promise<void> => {
    name = `Name${done.writes} Of${me}`
    const [row] = await knex('users').where({ id }).update({ full_name: name }).returning(['id', 'full_name'])
    see('write', row)
    done.writes++
  }
  const transact = async (): Promise<void> => {
    await knex.transaction(async (trx) => {
      const row = await trx('users').where({ id }).forUpdate().first('id', 'full_name')
      see('lock', row)
      await sleep(5)
      name = `Kept${done.transactions} Of${me}`
      await trx('users').where({ id }).update({ full_name: name })
      see('own write', await trx('users').where({ id }).first('id', 'full_name'))
    })
    done.transactions++
  }
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const work of [read, write, transact]) await work().catch((error: unknown) => wrong.push(String(error)))
      await sleep(10)
    }
  }
  const running = loop()
  return { done, wrong, stop: async () => { stopping.abort(); await running } }
}

async function walk ({ operator }: Ground, way: readonly Phase[]): Promise<Phase[]> {
  const entered: Phase[] = []
  for (const to of way) {
    const from = (await operator.status()).transitions[0]?.phase ?? 'expand'
    const back = PHASES.indexOf(to) < PHASES.indexOf(from)
    entered.push((await (back ? operator.rollback({ to }) : operator.advance({ to }))).phase)
  }
  return entered
}

t.test('the spanning knex works through PgBouncer in transaction mode in every phase: leases, bare names by the search_path of the database, transactions', async (t) => {
  const ground = await createGround(t, async (knex) => {
    await knex.raw('create schema live; create table public.users (id integer primary key, full_name integer)')
    const { rows: [{ db }] } = await knex.raw('select current_database() as db')
    // what a session sets is lost between two transactions, so the path stands in the database
    await knex.raw('alter database ?? set search_path = live, public', [db])
    await knex.transaction(async (trx) => {
      await trx.raw('set local search_path = live, public')
      await createUsers(trx, 20)
    })
  }, { transitions: await named({ 'users.full_name': LIVE }) })
  await ground.operator.migrate()
  const url = throughBouncer(ground.url)
  const spans = await Promise.all(Array.from({ length: INSTANCES }, async (_, index) => await spanning({
    knex: { client: 'pg', connection: url, pool: { min: 0, max: 4 } },
    versions: { 'users.full_name': LIVE },
    instance: { name: `api-${index}` },
    pollMs: 20,
    leaseMs: 2_000
  }, (error) => t.fail(String(error)))))
  for (const span of spans) await span.start()
  const traffic = spans.map(startTraffic)
  const way: Phase[] = ['backfill', 'read-new', 'hide', 'read-new', 'backfill', 'dual-write', 'backfill', 'read-new', 'hide', 'drop']
  t.strictSame(await walk(ground, way), way)
  t.equal((await ground.knex.raw('select 1 from vintage.instances where lease_until > now()')).rows.length, INSTANCES, 'leases are kept')
  await Promise.all(traffic.map(async (one) => await one.stop()))
  for (const { done, wrong } of traffic) {
    t.strictSame(wrong, [])
    for (const [kind, count] of Object.entries(done)) t.ok(count > 5, `${count} ${kind}`)
  }
  const { rows } = await ground.knex.raw("select count(*)::int as connections from pg_stat_activity where datname = current_database() and application_name not like 'vintage%'")
  t.comment(`${rows[0].connections} connections of the server for ${INSTANCES * 5} of the clients`)
  for (const span of spans) await span.stop()
  t.equal((await ground.knex.raw('select 1 from vintage.instances')).rows.length, 0, 'and given back')
})
