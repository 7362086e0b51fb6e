import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, makeWorkerUtils } from 'graphile-worker'
import t, { type Test } from 'tap'
import { addBackfillJobs } from '../src/graphile-worker.js'
import { createGround, createUsers } from './data/fixtures.js'

const ROWS = 3_000

/** A machine: a process of its own with a runner of graphile-worker, and what it has told so far. */
interface Machine {
  readonly child: ChildProcess
  batches (): number
}

async function startMachine (t: Test, url: string): Promise<Machine> {
  const child = fork(new URL('./job-runner-process.ts', import.meta.url), [url], { execArgv: process.execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  t.teardown(() => child.kill('SIGKILL'))
  let batches = 0
  child.on('message', (message) => { if (message === 'batch') batches++ })
  await once(child, 'message')
  return { child, batches: () => batches }
}

t.test('D22 two machines whose runners of graphile-worker fill one table, one of them killed with -9 midway: the rest finishes, nothing twice, nothing missed', async (t) => {
  const { operator, open, knex, url } = await createGround(t, async (knex) => {
    await createUsers(knex, ROWS)
    // a witness of its own: what is filled twice is written down twice
    await knex.raw('create table filled (id integer not null, pid integer not null)')
    await knex.raw("create function note_filled () returns trigger language plpgsql as 'begin insert into public.filled values (new.id, pg_backend_pid()); return null; end'")
    await knex.raw('create trigger note_filled after update on users for each row execute function note_filled()')
  }, { by: 'operator', batchRows: 20, maxRowsPerSecond: 1_500, fireTriggers: true })
  await operator.migrate()
  const utils = await makeWorkerUtils({ connectionString: url, logger: new Logger(() => () => {}) })
  await utils.migrate()
  await addBackfillJobs(utils, { transition: 'users.full_name', jobs: 4 })
  const [dying, living] = await Promise.all([startMachine(t, url), startMachine(t, url)])
  const killed = (async () => {
    while (dying.batches() < 3 || living.batches() < 3) await sleep(5)
    dying.child.kill('SIGKILL')
    await once(dying.child, 'exit')
    return { filled: (await knex('filled')).length, batchesOfOther: living.batches() }
  })()
  t.match(await operator.advance(), { phase: 'backfill' })
  const { filled, batchesOfOther } = await killed
  t.ok(filled < ROWS, `${filled} of ${ROWS} rows were filled when a machine was killed that had filled some of them`)
  t.ok(living.batches() > batchesOfOther, `the other went on: ${living.batches()} batches, ${batchesOfOther} of them before`)
  const { rows: [witness] } = await knex.raw('select count(*)::int as rows, count(distinct id)::int as ids, count(distinct pid)::int as sessions from filled')
  t.match(witness, { rows: ROWS, ids: ROWS })
  t.ok(witness.sessions >= 3, `${witness.sessions} sessions have filled rows`)
  t.match(await knex('vintage.backfills').first(), { rows_filled: `${ROWS}` })
  t.match(await (await open()).verify(), { ok: true, checkedRows: ROWS })
  living.child.send('stop')
  await once(living.child, 'exit')
  await utils.release()
})
