import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { createDatabase } from '../database.js'
import { startHttpClient, startStrayWriter, type HttpClient, type StrayWriter } from './clients.js'
import { Oracle, mergeName, type OldName } from './oracle.js'
import { cutOperatorOnce } from './faults.js'
import { seedUsers } from './seed.js'
import { end, runVintage, startServer, type CommandResult, type Server } from './processes.js'

const SEEDED_ROWS = 40_000
const SEEDED_ORDERS = 200
const HOT_ROWS = 60
/** fewer than these and the proof would prove nothing */
const FLOOR = { requests: 3_000, strayWrites: 300, creates: 150, patches: 800, phaseSteps: 10, faults: 4, lossyReads: 50 }

/** The sentence of the design, written out once more as SQL: a row is in sync when either side follows from the other. */
const OUT_OF_SYNC = (first: string, last: string, marker: string) => `
  select count(*)::int as rows from users where not ${marker} and not coalesce(
    full_name is not distinct from btrim(coalesce(${first}, '') || ' ' || coalesce(${last}, ''), ' ')
    or (${first} is not distinct from case when full_name is null then null when strpos(full_name, ' ') = 0 then full_name else left(full_name, strpos(full_name, ' ') - 1) end
        and ${last} is not distinct from case when full_name is null then null when strpos(full_name, ' ') = 0 then '' else right(full_name, -strpos(full_name, ' ')) end), false)`

t.test('old and new clients are served from one code base while their table moves through all five phases', { timeout: 240_000 }, async (t) => {
  const { url, knex } = await createDatabase(t)
  const oracle = new Oracle()
  const steps: string[] = []
  let faults = 0
  const servers: Server[] = []
  const clients: HttpClient[] = []
  const strays: StrayWriter[] = []
  const tallyOfStrays = { writes: 0, refused: 0, failed: [] as string[] }
  t.teardown(async () => {
    await Promise.allSettled([...clients, ...strays].map(async (loop) => await loop.stop()))
    for (const server of servers) await end(server.child, 'SIGKILL')
  })

  async function vintage (args: string[], onLine?: (line: string) => void): Promise<CommandResult> {
    const result = await runVintage(args, url, onLine)
    if (result.code !== 0) throw new Error(`vintage ${args.join(' ')} ended with ${result.code}:\n${result.output}`)
    steps.push(`vintage ${args.join(' ')}`)
    t.comment(`${Math.round(performance.now() / 1000)} s: vintage ${args.join(' ')}`)
    return result
  }

  async function columnsLike (pattern: string): Promise<string | undefined> {
    const row = await knex('information_schema.columns').where({ table_schema: 'public', table_name: 'users' }).whereLike('column_name', pattern).first('column_name')
    return row?.column_name
  }

  async function checkInSync (when: string): Promise<void> {
    const [first, last, marker] = [await columnsLike('%first_name'), await columnsLike('%last_name'), await columnsLike('vintage%pending')]
    t.ok(first !== undefined && last !== undefined && marker !== undefined, `the old side is still there ${when}`)
    const found = await knex.raw(OUT_OF_SYNC(`"${first}"`, `"${last}"`, `"${marker}"`))
    t.equal(found.rows[0].rows, 0, `every filled row is in sync ${when}`)
  }

  async function startStrays (): Promise<void> {
    strays.push(await startStrayWriter(`stray${strays.length}`, url, oracle, HOT_ROWS, 1000 + strays.length))
  }

  async function stopStrays (): Promise<void> {
    for (const stray of strays.splice(0)) {
      await stray.stop()
      tallyOfStrays.writes += stray.writes
      tallyOfStrays.refused += stray.refused.length
      tallyOfStrays.failed.push(...stray.failed)
    }
  }

  // the database of 2026: migrated up to just before the transition, full of names, an old writer at work
  await vintage(['migrate', '--to', '20261020_users_email'])
  await seedUsers(knex, SEEDED_ROWS, SEEDED_ORDERS)
  const { rows } = await knex.raw('select id::int, first_name, last_name, email, to_char(created_at at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') as created_at, ver from users')
  for (const row of rows as Array<OldName & { id: number, email: string, created_at: string, ver: number }>) {
    oracle.create(row.id, row, { full_name: mergeName(row), old: row, by: 'seed' }, row.ver)
  }
  await startStrays()

  await vintage(['migrate'])
  await checkInSync('after migrate')

  for (const name of ['api-1', 'api-2']) servers.push(await startServer(name, url))
  const urls = servers.map((server) => server.url)
  for (const [index, shape] of (['old', 'head', 'old', 'head'] as const).entries()) {
    clients.push(startHttpClient({
      by: `${shape}${index}`,
      shape,
      servers: urls,
      apiKey: shape === 'old' ? 'demo-2024' : 'demo-unpinned',
      version: shape === 'old' ? '2024-01-01' : '2026-11-01',
      oracle,
      hotRows: HOT_ROWS,
      seed: index
    }))
  }

  // fault: an instance dies without a word; the steps wait for its lease to run out, then go on
  const doomed = await startServer('api-doomed', url)
  await end(doomed.child, 'SIGKILL')
  faults++

  // fault: the operator is killed in the middle of the backfill; the same command resumes it
  let killed = false
  await runVintage(['advance'], url, (line, child) => {
    if (!killed && /\d+%/.test(line)) { killed = true; child.kill('SIGKILL') }
  })
  t.ok(killed, 'the backfill was killed while it was running')
  faults++
  const [filled] = await knex('vintage.backfills').select('rows_filled', 'finished_at')
  t.equal(filled?.finished_at, null, 'the killed backfill had not finished')
  await checkInSync('in the middle of the backfill')
  await vintage(['advance'])
  await checkInSync('after the backfill')

  await vintage(['advance', '--to', 'read-new'])
  await checkInSync('in read-new')
  await pause()
  await vintage(['rollback', '--to', 'dual-write', '--yes'])
  await checkInSync('back in dual-write')
  await pause()
  await vintage(['advance', '--to', 'read-new'])
  await pause()

  const tooEarly = await runVintage(['advance', '--yes'], url)
  t.equal(tooEarly.code, 3, 'while somebody still writes the old columns the hide is refused')
  t.match(tooEarly.output, /cron-of-old as \w+, last at/, 'and names him')

  // fault: a long reader is in the way of the hide's lock; no application query may queue behind it for long
  const reader = new pg.Client({ connectionString: url, application_name: 'long-report' })
  await reader.connect()
  await reader.query('begin; select count(*) from users')
  let gaveWay: Promise<unknown> | undefined
  await vintage(['advance', '--yes', '--stray-window', '0s'], (line) => {
    if (line.includes('long-report')) gaveWay ??= reader.query('commit')
  })
  await gaveWay
  await reader.end()
  t.ok(gaveWay !== undefined, 'the hide gave way to the reader, named it, and came back')
  faults++
  await stopStrays()
  await checkInSync('in hide')

  await vintage(['rollback', '--to', 'read-new', '--yes'])
  await startStrays()
  await pause()
  await checkInSync('after un-hide')

  // fault: the server ends the operator's session in the middle of a step
  const cut = cutOperatorOnce(url)
  const anyway = ['advance', '--yes', '--stray-window', '0s']
  const afterCut = await runVintage(anyway, url)
  faults += await cut()
  if (afterCut.code !== 0) await vintage(anyway)
  else steps.push(`vintage ${anyway.join(' ')}`)
  await stopStrays()
  await checkInSync('in hide again')
  await pause()
  await vintage(['advance', '--to', 'drop', '--yes'])
  await pause()

  for (const client of clients) await client.stop()
  oracle.judge()
  const table = await knex.raw('select id::int, full_name, ver from users')
  oracle.judgeTable(table.rows)

  const tallies = clients.map((client) => client.tally)
  const sum = (key: 'reads' | 'lists' | 'orders' | 'creates' | 'patches'): number => tallies.reduce((total, tally) => total + tally[key], 0)
  const counts = {
    requests: sum('reads') + sum('lists') + sum('orders') + sum('creates') + sum('patches'),
    creates: sum('creates'),
    patches: sum('patches'),
    strayWrites: tallyOfStrays.writes,
    phaseSteps: steps.length,
    faults,
    lossyReads: oracle.lossyReads
  }
  t.comment(JSON.stringify({ ...counts, reads: sum('reads'), lists: sum('lists'), orders: sum('orders'), checkedReads: oracle.checkedReads, refusedStrays: tallyOfStrays.refused }))
  t.comment(steps.join('; '))

  t.strictSame(tallies.flatMap((tally) => tally.failed).slice(0, 10), [], 'no request failed')
  t.strictSame(tallyOfStrays.failed, [], 'no write of the stray writer failed while its columns were there')
  t.equal(tallyOfStrays.refused, 2, 'the stray writer was refused by each hide, and by nothing else')
  t.strictSame(oracle.problems.slice(0, 10), [], 'every read is the last committed value or a concurrent one, and no acknowledged write is lost')
  t.equal(await columnsLike('%first_name'), undefined, 'the old columns are gone')
  t.equal(await columnsLike('vintage%'), undefined, 'the marker is gone')
  for (const [name, least] of Object.entries(FLOOR)) {
    t.ok(counts[name as keyof typeof counts] >= least, `${name}: ${counts[name as keyof typeof counts]} of at least ${least}`)
  }

  const last = await fetch(`${urls[0]}/users/1`, { headers: { authorization: 'Bearer demo-2024' } })
  t.match(Object.keys(await last.json() as object), ['id', 'first_name', 'last_name', 'email', 'created', 'ver'], 'the client of 2024, known by its account alone, is still served')
  for (const server of servers) await server.stop()
})

/** Lets the clients work in a phase before the next step. */
async function pause (): Promise<void> {
  await sleep(1_000)
}
