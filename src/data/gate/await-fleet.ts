import type { Context } from '../context.js'
import type { TransitionState } from '../state/transitions.js'
import { awaitAcknowledgements } from './await-acknowledgements.js'
import { awaitTransactions } from './await-transactions.js'

/**
 * Waits until nothing of the phase before the present one is under way any more: only adjacent phases coexist.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FLEET, FST_ERR_VINTAGE_REFUSED_TRANSACTIONS after `waitMs`
 */
export async function awaitFleet (context: Context, state: TransitionState): Promise<void> {
  await awaitAcknowledgements(context, state)
  await awaitTransactions(context, state)
}
