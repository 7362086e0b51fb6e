import { openOperator, type Operator, type OperatorOptions } from '../../src/data/operator.js'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { isPhase } from '../../src/data/phases.js'
import { TRANSITIONS } from './people.js'

// Runs one command of the operator after the other. Each order: number, command, transition, phase, database, ms of lease.
process.once('disconnect', () => process.exit(1))
const transitions = await loadTransitions(TRANSITIONS)
process.on('message', (order) => {
  obey(String(order).split(' ')).catch((error: unknown) => { console.error(error); process.exit(1) })
})

async function obey ([number = '', command = '', transition = '', to = '', url = '', leaseMs = '']: readonly string[]): Promise<void> {
  const told = new Set<string>()
  const tell = (what: string): void => {
    if (!told.has(what)) process.send?.(`${number} ${what}`)
    told.add(what)
  }
  const report: OperatorOptions['report'] = (event) => {
    if (event.type !== 'waiting' || event.for !== 'operator') tell('working')
    if (event.type === 'backfill' && !event.finished) tell('filling')
  }
  try {
    const operator = await openOperator({
      connection: { connectionString: url, application_name: 'vintage operator', connectionTimeoutMillis: 3_000 },
      transitions,
      leaseMs: Number(leaseMs),
      waitMs: 12_000,
      lockAttempts: 30,
      strayWindowMs: 0,
      batchRows: 50,
      maxRowsPerSecond: 3_000,
      report
    })
    tell('ready')
    const done = await run(operator, command, transition, to).finally(async () => await operator.close().catch(() => {}))
    tell(`done 0 ${JSON.stringify(done)}`)
  } catch (error) {
    tell(`done 1 ${error instanceof Error && 'code' in error ? String(error.code) : ''} ${String(error)}`)
  }
}

async function run (operator: Operator, command: string, transition: string, to: string): Promise<unknown> {
  if (command === 'migrate') return await operator.migrate()
  if (command === 'retry') return await operator.retrySetAside({ transition })
  if (!isPhase(to)) throw new TypeError(`${to} is no phase`)
  return command === 'advance' ? await operator.advance({ transition, to }) : await operator.rollback({ transition, to })
}
