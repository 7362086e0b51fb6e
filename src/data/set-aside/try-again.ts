import { RefusedSetAsideError, UsageError } from '../../errors.js'
import { createBrake } from '../backfill/hold-back.js'
import type { BatchWork } from '../backfill/run-batch.js'
import type { KeyValues, PrimaryKey } from '../backfill/key.js'
import type { Context } from '../context.js'
import type { SetAsideResult } from '../results.js'
import { logEvent } from '../state/events.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { countSetAside, findLastNote, forgetSettled, openLedger } from './ledger.js'
import { tryNotes } from './try-notes.js'
import type { Ending } from './try-batch.js'

/** A row by its key, as `list` names it. */
export type RowKey = Readonly<Record<string, string>>

/**
 * Tries to fill rows that are set aside, in batches as a backfill does. With `release` a row that still cannot be
 * filled goes on with nulls on its new side, on the operator's word: verification takes it for right.
 *
 * @param rows null: all of them
 * @throws FST_ERR_VINTAGE_REFUSED_SET_ASIDE when a released row would be null in a column that becomes NOT NULL
 * @throws FST_ERR_VINTAGE_USAGE when a key does not name the columns of the primary key
 * @throws FST_ERR_VINTAGE_BACKFILL naming a row that can be neither filled nor noted
 */
export async function tryAgain (context: Context, lease: Lease, state: TransitionState, ending: Ending, rows: readonly RowKey[] | null): Promise<SetAsideResult> {
  const { notNull = [] } = state.definition
  if (ending === 'release' && notNull.length > 0) throw new RefusedSetAsideError(`transition \`${state.name}\`: a released row would be null in \`${notNull.join('`, `')}\`, which becomes NOT NULL: write a value into either side of the row instead`)
  const { key, upTo } = await context.database.transaction(async (session) => {
    const ledger = await openLedger(session, state)
    await forgetSettled(session, state.name, ledger)
    return { key: ledger.key, upTo: await findLastNote(session) }
  })
  const keys = rows?.map((row) => JSON.stringify(valuesOf(key, row))) ?? null
  const work: BatchWork = { context, lease, key, worker: context.by, brake: createBrake(context, lease, true), rows: context.batchRows }
  const total = await tryNotes(work, { state, ending, which: { upTo, keys }, by: context.by })
  const setAsideRows = await context.database.transaction(async (session) => {
    await logEvent(session, { transition: state.name, event: `set-aside ${ending}`, phase: state.phase, epoch: state.epoch, by: context.by, details: { ...total, rows } })
    return await countSetAside(session, await openLedger(session, state))
  })
  return { transition: state.name, ...total, setAsideRows }
}

function valuesOf (key: PrimaryKey, row: RowKey): KeyValues {
  const names = key.columns.map(({ plain }) => plain)
  const values = names.map((name) => row[name])
  if (Object.keys(row).length === names.length && values.every((value) => value !== undefined)) return values
  throw new UsageError(`a row is named by its primary key, ${JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])))}, got ${JSON.stringify(row)}`)
}
