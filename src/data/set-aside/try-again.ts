import { RefusedSetAsideError, UsageError } from '../../errors.js'
import { createBrake } from '../backfill/hold-back.js'
import { createPatience } from '../backfill/patience.js'
import { runBatch, type BatchWork } from '../backfill/run-batch.js'
import type { KeyValues, PrimaryKey } from '../backfill/key.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { RELEASING } from '../dual-writer/set-aside.js'
import type { SetAsideResult } from '../results.js'
import { logEvent } from '../state/events.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf } from '../transition.js'
import { quote } from '../names.js'
import { countSetAside, forgetSettled, isNoteOf, openLedger, type Ledger } from './ledger.js'

/** What becomes of rows that cannot be filled this time either. */
export type Ending = 'retry' | 'release'

/** A row by its key, as `list` names it. */
export type RowKey = Readonly<Record<string, string>>

/**
 * Tries to fill rows that are set aside, in batches as a backfill does. With `release` a row that still cannot be
 * filled goes on with nulls on its new side, on the operator's word: verification takes it for right.
 *
 * @param rows null: all of them
 * @throws FST_ERR_VINTAGE_REFUSED_SET_ASIDE when a released row would be null in a column that becomes NOT NULL
 * @throws FST_ERR_VINTAGE_USAGE when a key does not name the columns of the primary key
 */
export async function tryAgain (context: Context, lease: Lease, state: TransitionState, ending: Ending, rows: readonly RowKey[] | null): Promise<SetAsideResult> {
  const { notNull = [] } = state.definition
  if (ending === 'release' && notNull.length > 0) throw new RefusedSetAsideError(`transition \`${state.name}\`: a released row would be null in \`${notNull.join('`, `')}\`, which becomes NOT NULL: write a value into either side of the row instead`)
  const { key, upTo } = await context.database.transaction(async (session) => {
    const ledger = await openLedger(session, state)
    await forgetSettled(session, state.name, ledger)
    const [last] = await session.query('select coalesce(max(id), 0) as id from vintage.set_aside where transition = $1', [state.name])
    return { key: ledger.key, upTo: last?.id }
  })
  const keys = rows?.map((row) => JSON.stringify(valuesOf(key, row))) ?? null
  const work: BatchWork = { context, lease, key, worker: context.by, brake: createBrake(context, lease, true), rows: context.batchRows }
  const total = { filledRows: 0, releasedRows: 0 }
  const patience = createPatience(work)
  for (let going = true; going;) {
    const tried = await runBatch(work, {
      run: async (session, limit) => await tryBatch(session, context, state, ending, [upTo, keys, limit]),
      firstKey: async (session) => (await chooseRows(session, await openLedger(session, state), [upTo, keys, 1]))[0]
    })
    going = tried !== null
    if (tried !== null) await patience.spend(tried.writtenRows, async (session) => (await chooseRows(session, await openLedger(session, state), [upTo, keys, 1]))[0])
    total.filledRows += tried?.filledRows ?? 0
    total.releasedRows += tried?.releasedRows ?? 0
  }
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

type Choice = readonly [upTo: unknown, keys: readonly string[] | null, limit: number]

/** A row that is tried in vain is noted anew, beyond `upTo`, so that it is chosen once. */
async function chooseRows (session: Session, { live }: Ledger, choice: Choice): Promise<KeyValues[]> {
  const rows = await session.query<{ key: string[] }>(`
    select s.key ${live} and ($2::jsonb[] is null or s.key = any ($2::jsonb[]))
    group by s.key having max(s.id) <= $1::bigint limit $3`, choice)
  return rows.map(({ key }) => key)
}

interface Tried { readonly filledRows: number, readonly releasedRows: number, readonly writtenRows: number }

async function tryBatch (session: Session, { by }: Context, state: TransitionState, ending: Ending, choice: Choice): Promise<Tried | null> {
  const ledger = await openLedger(session, state)
  const chosen = await chooseRows(session, ledger, choice)
  if (chosen.length === 0) return null
  if (ending === 'release') await session.query('select set_config($1, $2, true)', [RELEASING, state.name])
  const { key, table, marker } = ledger
  const empty = newColumnsOf(state.definition).map((name) => `t.${quote(name)}`).join(', ')
  const tried = await session.query<{ key: string[], left: boolean, empty: boolean }>(`
    update only ${table} t set ${marker} = false from unnest($1::jsonb[]) as s (key)
    where ${isNoteOf(key)} and t.${marker} returning s.key, t.${marker} as "left", num_nonnulls(${empty}) = 0 as empty`, [chosen.map((values) => JSON.stringify(values))])
  const released = ending === 'release' ? tried.filter((row) => row.empty).map((row) => JSON.stringify(row.key)) : []
  await session.query('update vintage.set_aside set released_by = $3, released_at = clock_timestamp() where transition = $1 and key = any ($2::jsonb[])', [state.name, released, by])
  return { filledRows: tried.filter(({ left }) => !left).length - released.length, releasedRows: released.length, writtenRows: tried.length }
}
