import { once } from 'node:events'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { openOperator } from '../../src/data/operator.js'
import { FULL_NAME } from './full-name.js'

const [, , connection = '', leaseMs = ''] = process.argv

await once(process, 'message')

const operator = await openOperator({
  connection,
  transitions: await loadTransitions({ 'users.full_name': FULL_NAME }),
  batchRows: 10,
  leaseMs: Number(leaseMs),
  report: (event) => { if (event.type === 'backfill') process.send?.('batch') }
})

// one that was killed before holds the lease for a little while
await operator.advance({ to: 'backfill' })
await operator.close()
