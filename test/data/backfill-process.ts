import { openOperator } from '../../src/data/operator.js'
import { FULL_NAME, named } from './fixtures.js'

const [, , connection = ''] = process.argv

const operator = await openOperator({
  connection,
  transitions: await named({ 'users.full_name': FULL_NAME }),
  batchRows: 10,
  leaseMs: 500,
  report: (event) => { if (event.type === 'backfill') process.send?.('batch') }
})

// one that was killed before holds the lease for a little while
await operator.advance({ to: 'backfill' })
await operator.close()
