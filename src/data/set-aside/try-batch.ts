import type { Session } from '../database.js'
import { RELEASING } from '../dual-writer/set-aside.js'
import { quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf } from '../transition.js'
import { readNotes, type NotesRead, type Which } from './choose-notes.js'
import { findLastNote, findNotedSince, isNoteOf, openLedger, type Ledger } from './ledger.js'

/** What becomes of rows that cannot be filled this time either. */
export type Ending = 'retry' | 'release'

/** What the rows of some notes are tried for. */
export interface Attempt {
  readonly state: TransitionState
  readonly ending: Ending
  readonly which: Which
  /** who has asked for it */
  readonly by: string
}

/** What has become of the rows of one batch. */
export interface Tried extends NotesRead {
  readonly filledRows: number
  readonly releasedRows: number
  readonly writtenRows: number
  /** that are filled, released, or noted anew; a row that a trigger of somebody has given back as it was is none of them */
  readonly settledRows: number
}

/** @returns null when there is no note after the one given */
export async function tryBatch (session: Session, { state, ending, which, by }: Attempt, after: string, rows: number): Promise<Tried | null> {
  const ledger = await openLedger(session, state)
  const notes = await readNotes(session, state, ledger, which, after, rows)
  if (notes === null) return null
  if (ending === 'release') await session.query('select set_config($1, $2, true)', [RELEASING, state.name])
  const since = await findLastNote(session)
  const written = await writeRows(session, state, ledger, notes)
  const unmarked = written.filter(({ left }) => !left)
  const released = ending === 'release' ? unmarked.filter(({ empty }) => empty).map(({ key }) => JSON.stringify(key)) : []
  await session.query('update vintage.set_aside set released_by = $3, released_at = clock_timestamp() where transition = $1 and key = any ($2::jsonb[])', [state.name, released, by])
  const noted = new Set((await findNotedSince(session, { transition: state.name, since })).map((key) => JSON.stringify(key)))
  const settledRows = unmarked.length + written.filter(({ left, key }) => left && noted.has(JSON.stringify(key))).length
  return { ...notes, filledRows: unmarked.length - released.length, releasedRows: released.length, writtenRows: written.length, settledRows }
}

/** The dual writer fills them, or sets them aside again. */
async function writeRows (session: Session, state: TransitionState, { key, table, marker }: Ledger, { chosen }: NotesRead): Promise<Array<{ key: string[], left: boolean, empty: boolean }>> {
  const empty = newColumnsOf(state.definition).map((name) => `t.${quote(name)}`).join(', ')
  return await session.query<{ key: string[], left: boolean, empty: boolean }>(`
    update only ${table} t set ${marker} = false from unnest($1::jsonb[]) as s (key)
    where ${isNoteOf(key)} and t.${marker} returning s.key, t.${marker} as "left", num_nonnulls(${empty}) = 0 as empty`, [chosen.map((values) => JSON.stringify(values))])
}
