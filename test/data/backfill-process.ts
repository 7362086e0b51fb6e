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

/** The one that was killed before holds the lease for a little while. */
async function advance (): Promise<void> {
  await operator.advance({ to: 'backfill' }).catch(async (error: Error & { code?: string }) => {
    if (error.code !== 'FST_ERR_VINTAGE_REFUSED_OPERATOR') throw error
    await new Promise((resolve) => setTimeout(resolve, 50))
    await advance()
  })
}

await advance()
await operator.close()
