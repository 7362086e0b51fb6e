import type { Context } from '../context.js'
import { refuseDamaged } from '../gate/refuse-damaged.js'
import { agreeToFire } from '../gate/refuse-firing-triggers.js'
import { readModeOf } from '../phases.js'
import type { SetAsideList, SetAsideResult } from '../results.js'
import { acquireLease } from '../state/lease.js'
import { requireTransition, type TransitionState } from '../state/transitions.js'
import { countSetAside, listSetAside, openLedger } from './ledger.js'
import { tryAgain, type RowKey } from './try-again.js'
import type { Ending } from './try-batch.js'

/** Lists the rows of a transition that are set aside; there are some only while reads span both sides. */
export async function readSetAside ({ database }: Context, state: TransitionState, limit: number): Promise<SetAsideList> {
  if (!maySetAside(state)) return { transition: state.name, setAsideRows: 0, rows: [] }
  return await database.transaction(async (session) => {
    const ledger = await openLedger(session, state)
    return { transition: state.name, setAsideRows: await countSetAside(session, ledger), rows: await listSetAside(session, ledger, limit) }
  })
}

/** Tries rows again that are set aside, under the transition's lease. */
export async function endSetAside (context: Context, { name }: TransitionState, ending: Ending, rows: readonly RowKey[] | null = null): Promise<SetAsideResult> {
  const lease = await acquireLease(context, name)
  try {
    const state = await requireTransition(context.database, name)
    if (!maySetAside(state)) return { transition: name, filledRows: 0, releasedRows: 0, setAsideRows: 0 }
    await refuseDamaged(context, state)
    await agreeToFire(context, lease, state)
    return await tryAgain(context, lease, state, ending, rows)
  } finally {
    await lease.release()
  }
}

function maySetAside ({ definition, phase }: TransitionState): boolean {
  return definition.onError === 'set-aside' && readModeOf(phase) === 'spanned'
}
