import { Logger, run } from 'graphile-worker'
import { BACKFILL_TASK, backfillTask } from '../src/graphile-worker.js'

const [, , connection = ''] = process.argv

const runner = await run({
  connectionString: connection,
  taskList: { [BACKFILL_TASK]: backfillTask({ connection, batchRows: 20, sliceMs: 300, retryMs: 20, report: ({ type }) => { if (type === 'backfill') process.send?.('batch') } }) },
  concurrency: 2,
  pollInterval: 50,
  logger: new Logger(() => () => {})
})

process.send?.('ready')
process.once('message', () => {
  // the test is over: nothing may hold the process up
  runner.stop().finally(() => process.exit())
})
