import { openOperator } from '../../src/data/operator.js'
import { FULL_NAME, named } from './fixtures.js'

const [, , connection = '', by = ''] = process.argv

const operator = await openOperator({
  connection,
  transitions: await named({ 'users.full_name': FULL_NAME }),
  by,
  batchRows: 20,
  report: (event) => { if (event.type === 'backfill') process.send?.('batch') }
})

process.send?.('ready')
await operator.joinBackfill()
await operator.close()
