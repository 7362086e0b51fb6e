import { RefusedMismatchError, RefusedStepError } from '../../errors.js'
import type { Context } from '../context.js'
import type { VerifyResult } from '../results.js'
import { logEvent } from '../state/events.js'
import type { TransitionState } from '../state/transitions.js'
import { verifyRows } from './verify-rows.js'

/**
 * Verifies every row and writes the result into the history.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_STEP at `drop`
 */
export async function verifyAndLog (context: Context, state: TransitionState): Promise<VerifyResult> {
  if (state.phase === 'drop') throw new RefusedStepError(`transition \`${state.name}\` is at \`drop\`: only one side is left, there is nothing to compare`)
  const result = await verifyRows(context, state)
  await logEvent(context.database, { transition: state.name, event: 'verified', phase: state.phase, epoch: state.epoch, by: context.by, details: result })
  return result
}

/**
 * Makes sure that no row is unfilled or out of sync.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_MISMATCH listing keys
 */
export async function requireVerified (context: Context, state: TransitionState, step: string): Promise<void> {
  const { ok, pendingRows, mismatchedRows, mismatches } = await verifyAndLog(context, state)
  if (ok) return
  const keys = mismatches.map((key) => JSON.stringify(key)).join(', ')
  const bad = mismatchedRows === 0 ? '' : `; ${mismatchedRows} rows are out of sync: ${keys}${mismatches.length < mismatchedRows ? ', …' : ''}. Write either side of them again (an update that changes it), the other follows`
  throw new RefusedMismatchError(`\`${step}\` of \`${state.name}\` is refused: ${pendingRows} rows are still to be filled${bad}`)
}
