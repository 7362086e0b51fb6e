import { openOperator } from '../../src/data/operator.js'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { FULL_NAME, NAME } from './people.js'

// One command of the operator. Arguments: database, `migrate`, `advance` or `rollback`, phase, milliseconds of lease.
const [url = '', command = '', to = '', leaseMs = ''] = process.argv.slice(2)
process.once('disconnect', () => process.exit(1))
const operator = await openOperator({
  connection: { connectionString: url, application_name: 'vintage operator', connectionTimeoutMillis: 3_000 },
  transitions: await loadTransitions({ [NAME]: FULL_NAME }),
  leaseMs: Number(leaseMs),
  waitMs: 12_000,
  lockAttempts: 30,
  strayWindowMs: 0,
  batchRows: 50,
  maxRowsPerSecond: 3_000,
  report: (event) => { process.send?.(event.type === 'backfill' && !event.finished ? 'filling' : 'working') }
})
process.send?.('ready')
try {
  const phase = to === 'expand' || to === 'dual-write' || to === 'backfill' || to === 'read-new' || to === 'hide' ? to : 'drop'
  const done = command === 'migrate'
    ? await operator.migrate()
    : command === 'advance' ? await operator.advance({ transition: NAME, to: phase }) : await operator.rollback({ transition: NAME, to: phase })
  console.log(JSON.stringify(done))
} catch (error) {
  console.log(`${error instanceof Error && 'code' in error ? String(error.code) : ''} ${String(error)}`)
  process.exitCode = 1
} finally {
  await operator.close().catch(() => {})
  process.removeAllListeners('disconnect').disconnect()
}
