import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import t from 'tap'
import type { Report } from '../src/data/events.js'
import { addBackfillJobs, BACKFILL_TASK, backfillTask } from '../src/graphile-worker.js'
import { createDatabase } from './database.js'
import { createGround, createUsers } from './data/fixtures.js'

const logger = new Logger(() => () => {})

/** A machine, as far as graphile-worker is concerned; its pool is ours, so that it has ended when it is said to. */
async function startRunner (connection: string, report?: Report): Promise<() => Promise<void>> {
  const taskList = { [BACKFILL_TASK]: backfillTask({ connection, batchRows: 10, sliceMs: 150, retryMs: 20, ...(report === undefined ? {} : { report }) }) }
  const pgPool = new pg.Pool({ connectionString: connection })
  // the database may be dropped before the last of its sockets is closed
  pgPool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}))
  const runner = await run({ pgPool, taskList, concurrency: 2, pollInterval: 50, noHandleSignals: true, logger })
  return async () => {
    await runner.stop()
    await pgPool.end()
  }
}

t.test('D22 jobs of graphile-worker on two machines fill the ranges of one transition beside the operator: nothing twice, nothing missed', async (t) => {
  const rows = 2_000
  const { operator, knex, url } = await createGround(t, async (knex) => await createUsers(knex, rows), { by: 'operator', batchRows: 10, maxRowsPerSecond: 2_000 })
  await operator.migrate()
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  await addBackfillJobs(utils, { transition: 'users.full_name', jobs: 3 })
  await addBackfillJobs(utils, { transition: 'users.full_name', jobs: 3 })
  const jobs = async (): Promise<unknown[]> => await knex('graphile_worker.jobs').orderBy('id')
  t.equal((await jobs()).length, 3, 'adding them again changes nothing')
  let batches = 0
  const count: Report = ({ type }) => { if (type === 'backfill') batches++ }
  const machines = [await startRunner(url, count), await startRunner(url, count)]
  await operator.advance()
  while ((await jobs()).length > 0) await sleep(20)
  const { rows: ranges } = await knex.raw('select (end_key ->> 0)::int as end, rows_filled::int as filled from vintage.backfill_ranges order by 1')
  t.strictSame(ranges.map(({ filled }: { filled: number }) => filled), ranges.map(({ end }: { end: number }, index: number) => end - (ranges[index - 1]?.end ?? 0)))
  t.match(await knex('vintage.backfills').first(), { rows_filled: `${rows}` })
  t.ok(batches > 0, `${batches} batches were filled by jobs`)
  t.match(await operator.verify(), { ok: true, checkedRows: rows })
  await Promise.all(machines.map(async (stop) => await stop()))
  await utils.release()
})

t.test('jobs that are added again change nothing of those that are at work or have failed for good', async (t) => {
  const { knex, url } = await createDatabase(t)
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  const jobs = { transition: 'users.full_name', jobs: 3 }
  await addBackfillJobs(utils, jobs)
  await knex.raw("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'a machine' where key like '%:1'")
  await knex.raw("update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'for good' where key like '%:2'")
  const all = async (): Promise<unknown[]> => await knex('graphile_worker.jobs').orderBy('id').select('id', 'key', 'attempts', 'last_error', 'locked_by')
  const before = await all()
  t.match(before, [{ key: 'vintage:users.full_name:1', locked_by: 'a machine' }, { last_error: 'for good' }, { attempts: 0 }])
  await addBackfillJobs(utils, jobs)
  t.strictSame(await all(), before)
  await utils.release()
})

t.test('a job without a transition fails, and says so; one that was added by hand gets a successor too', async (t) => {
  const { operator, knex, url } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  await utils.addJob(BACKFILL_TASK, 'users.full_name', { maxAttempts: 1 })
  const { id } = await utils.addJob(BACKFILL_TASK, { transition: 'users.full_name' })
  const stop = await startRunner(url)
  const failed = async (): Promise<unknown> => (await knex('graphile_worker.jobs').whereNotNull('last_error').first('last_error'))?.last_error
  while (await failed() === undefined) await sleep(20)
  t.match(await failed(), /must be the name of a transition in the payload of the job, got "users\.full_name"/)
  while (await knex('graphile_worker.jobs').where({ id }).first() !== undefined) await sleep(20)
  t.not((await knex('graphile_worker.jobs').whereNull('last_error')).length, 0, 'as long as no operator is at work')
  await t.rejects(addBackfillJobs(utils, { transition: 'users.full_name', jobs: 0 }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /jobs/ })
  await utils.release()
  await stop()
})
