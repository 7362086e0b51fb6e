import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import t, { type Test } from 'tap'
import { spanning, type Spanning, type SpanningOptions } from '../../../src/data/knex/spanning.js'
import type { OperatorEvent } from '../../../src/data/events.js'
import { openOperator, type Operator, type OperatorOptions } from '../../../src/data/operator.js'
import { createUsers, FULL_NAME, named } from '../fixtures.js'
import { startPair, type Pair } from './replica/pair.js'

const ROWS = 60
const VERSIONS = { 'users.full_name': FULL_NAME }

interface Ground {
  readonly primary: Knex
  readonly replica: Knex
  readonly primaryUrl: string
  readonly replicaUrl: string
  open (options?: Partial<OperatorOptions>): Promise<Operator>
  /** a knex on the replica */
  bind (options?: Partial<SpanningOptions>): Promise<Spanning>
}

/** A database of its own, on both servers, with `users` at `dual-write`. */
async function createGround (t: Test, pair: Pair): Promise<Ground> {
  const name = `vintage_${randomBytes(4).toString('hex')}`
  await pair.primary.raw('create database ??', [name])
  const [primaryUrl, replicaUrl] = [databaseAt(pair.primaryUrl, name), databaseAt(pair.replicaUrl, name)]
  const knexAt = (connection: string): Knex => {
    const knex = knexFactory({ client: 'pg', connection, pool: { min: 0, max: 2 } })
    t.teardown(async () => await knex.destroy())
    return knex
  }
  const open: Ground['open'] = async (options = {}) => {
    const operator = await openOperator({ connection: primaryUrl, transitions: await named(VERSIONS), waitMs: 10_000, strayWindowMs: 0, ...options })
    t.teardown(async () => await operator.close())
    return operator
  }
  // a test that fails must not leave the ones after it waiting
  t.teardown(async () => { await pair.resume().catch(() => {}) })
  const primary = knexAt(primaryUrl)
  await createUsers(primary, ROWS)
  await (await open()).migrate()
  await pair.caughtUp()
  return {
    primary,
    replica: knexAt(replicaUrl),
    primaryUrl,
    replicaUrl,
    open,
    async bind (options = {}) {
      const bound = await spanning({ knex: { client: 'pg', connection: replicaUrl }, primary: primaryUrl, versions: VERSIONS, instance: { name: 'reader' }, pollMs: 50, ...options })
      t.teardown(async () => await bound.stop())
      return bound
    }
  }
}

function databaseAt (url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** What is right of a row at each moment, whatever its phase: each write says in the name which one it was. */
const nameOf = ({ id, ver }: { id: number, ver: number }): string => ver === 0 ? `First${id} Last${id}` : `Write ${ver}`

async function readAll (knex: Knex): Promise<number> {
  const rows = await knex('users').select('id', 'ver', 'full_name').where('full_name', '>', '').orderBy('id')
  const wrong = rows.filter((row) => row.full_name !== nameOf(row))
  if (rows.length !== ROWS || wrong.length > 0) throw new Error(`${rows.length} rows, wrong: ${JSON.stringify(wrong)}`)
  return rows.reduce((sum, { ver }) => sum + ver, 0)
}

/** Reads again and again until told to stop. */
function readOn (knex: Knex): () => Promise<number> {
  const end = new AbortController()
  const reading = (async () => {
    let reads = 0
    for (let seen = 0; !end.signal.aborted; reads++) {
      const sum = await readAll(knex)
      if (sum < seen) throw new Error(`${seen} writes were seen before, and now ${sum}`)
      seen = sum
      await sleep(2)
    }
    return reads
  })()
  // told when it is asked for
  reading.catch(() => {})
  return async () => {
    end.abort()
    return await reading
  }
}

async function acknowledged ({ primary }: Ground): Promise<void> {
  const behind = 'select from vintage.transitions t join vintage.acknowledgements a on a.transition = t.name where a.epoch <> t.epoch'
  while ((await primary.raw(behind)).rows.length > 0) await sleep(5)
}

t.test('a replica that streams', async (t) => {
  const pair = await startPair(t)

  t.test('D16 a process on a replica that is several steps behind does not serve before it has replayed them', async (t) => {
    const ground = await createGround(t, pair)
    await pair.pause()
    const operator = await ground.open()
    await operator.advance({ to: 'hide' })
    t.match(await ground.replica('vintage.transitions').first(), { phase: 'dual-write' })
    const impatient = await ground.bind({ leaseMs: 800 })
    await t.rejects(impatient.start(), { code: 'FST_ERR_VINTAGE_REPLICA_BEHIND', message: /^after 400 ms / })
    const stopped = await ground.bind()
    const stopping = t.rejects(stopped.start(), { code: 'FST_ERR_VINTAGE_STOPPED' })
    await sleep(50)
    await stopped.stop()
    await stopping
    const { knex } = await ground.bind()
    const first = readAll(knex)
    await sleep(50)
    await pair.resume()
    t.equal(await first, 0)
  })

  t.test('D16 reads through a knex on a lagging replica are right at every moment, and no step goes two past it', async (t) => {
    const ground = await createGround(t, pair)
    const { knex, start, stop } = await ground.bind()
    const app = await spanning({ knex: { client: 'pg', connection: ground.primaryUrl }, versions: VERSIONS, pollMs: 20 })
    await start()
    await app.start()
    const ended = readOn(knex)
    // a step to read-new waits that long for acknowledgements, and then leaves the twins to the next one
    const operator = await ground.open({ waitMs: 300 })
    const instances = (await operator.status()).transitions.flatMap(({ instances }) => instances.map(({ name, replica }) => [name === 'reader', replica]))
    t.strictSame(instances.sort(), [[false, false], [true, true]])
    const write = async (): Promise<void> => {
      await app.knex('users').where('id', '<=', 20).update({ ver: app.knex.raw('ver + 1'), full_name: app.knex.raw("'Write ' || ver + 1") })
      if ((await ground.primary.schema.hasColumn('users', 'first_name'))) {
        await ground.primary('users').whereBetween('id', [15, 40]).update({ ver: ground.primary.raw('ver + 1'), first_name: 'Write', last_name: ground.primary.raw('(ver + 1)::text') })
      }
    }
    const takes = ['backfill', 'read-new', 'hide', 'back to read-new', 'hide', 'drop'] as const
    for (const take of takes) {
      await write()
      await pair.pause()
      await (take === 'back to read-new' ? operator.rollback({ to: 'read-new' }) : operator.advance())
      await write()
      await sleep(60)
      if (take !== 'drop') await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /reader \(.* is at epoch \d+\. Wait for .* the replica that they read from/ }, take)
      await pair.resume()
      await pair.caughtUp()
      await readAll(knex)
      await acknowledged(ground)
    }
    t.ok(await ended() > 50)
    t.strictSame(Object.keys(await knex('users').first()), ['id', 'note', 'ver', 'full_name'])
    await t.rejects(knex('users').update({ note: 'x' }), { code: '25006' }, 'it reads only')
    await stop()
    await app.stop()
    t.strictSame(await ground.primary('vintage.instances').where({ name: 'reader' }), [])
  })

  t.test('a knex on a replica has to know how the primary is reached, and of which it is the replica', async (t) => {
    const ground = await createGround(t, pair)
    const lost = await spanning({ knex: { client: 'pg', connection: ground.replicaUrl }, versions: VERSIONS })
    await t.rejects(async () => await lost.knex('users'), { code: 'FST_ERR_VINTAGE_READ_ONLY_SERVER' })
    await lost.stop()
    const elsewhere = await createGround(t, pair)
    const wrong = await ground.bind({ primary: elsewhere.primaryUrl, leaseMs: 800 })
    await t.rejects(wrong.start(), { code: 'FST_ERR_VINTAGE_REPLICA_BEHIND' })
  })

  t.test('D20 a replica that is further behind than allowed stops the backfill, with the figure, until it has caught up', async (t) => {
    const ground = await createGround(t, pair)
    const events: OperatorEvent[] = []
    const operator = await ground.open({ batchRows: 5, maxRowsPerSecond: 100, maxReplicaLagMs: 100, report: (event) => events.push(event) })
    await pair.pause()
    const advancing = operator.advance()
    while (!events.some((event) => event.type === 'backfill-held')) await sleep(5)
    t.match(events.find((event) => event.type === 'backfill-held'), { reason: /^standby the_replica is \d+\.\d s behind \(limit 0\.1 s\)$/ })
    const pending = async (): Promise<unknown> => (await operator.status()).transitions.at(0)?.pendingRows
    const left = await pending()
    t.ok(Number(left) > 0, `${left} rows are left`)
    await sleep(300)
    t.equal(await pending(), left)
    const resumed = performance.now()
    await pair.resume()
    t.match(await advancing, { phase: 'backfill' })
    t.ok(performance.now() - resumed < 5_000, 'it goes on once the replica has caught up')
  })

  t.test('D16 a failover to a replica that has not received the last step is followed', async (t) => {
    const ground = await createGround(t, pair)
    let current = ground.primaryUrl
    const reached = (): Knex.PgConnectionConfig => {
      const connectionString = current
      return { connectionString, expirationChecker: () => connectionString !== current }
    }
    const errors: unknown[] = []
    const app = await spanning({ knex: { client: 'pg', connection: reached }, versions: VERSIONS, pollMs: 20 }, (error) => errors.push(error))
    const bound = await ground.bind({ primary: reached })
    await app.start()
    await bound.start()
    const before = await ground.open({ waitMs: 300 })
    await before.advance()
    await pair.caughtUp()
    await acknowledged(ground)
    await pair.cut()
    await before.advance()
    t.match(await ground.primary('vintage.transitions').first(), { phase: 'read-new' })
    await readAll(app.knex)
    await pair.promote()
    current = ground.replicaUrl
    t.equal(await readAll(bound.knex), 0)
    t.equal(await readAll(app.knex), 0)
    await app.knex('users').where({ id: 1 }).update({ full_name: 'Write 1', ver: 1 })
    t.equal(await readAll(bound.knex), 1)
    const operator = await ground.open({ connection: ground.replicaUrl })
    t.match(await operator.advance({ to: 'hide' }), { from: 'backfill', phase: 'hide' })
    t.equal(await readAll(bound.knex), 1)
    await Promise.all([app.stop(), bound.stop()])
  })
})
