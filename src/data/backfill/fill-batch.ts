import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { namesOf, quote } from '../names.js'
import { compareKey, readPrimaryKey, type KeyValues, type PrimaryKey } from './key.js'
import { findLastNote, findNotedSince, isNoted } from '../set-aside/ledger.js'
import type { TransitionState } from '../state/transitions.js'
import { inPages, type PageRange } from './pages.js'

/** What the statements of a backfill are made from. */
export interface Filling {
  /** quoted, with its schema */
  readonly table: string
  /** quoted */
  readonly marker: string
  readonly key: PrimaryKey
  /** the transition, where its rows may be set aside */
  readonly settingAside: string | null
}

/** What a statement has come to. */
export interface Filled {
  readonly filledRows: number
  /** these, and those that were written and have their marker still */
  readonly writtenRows: number
}

/** What has become of rows that were looked for wherever they are. */
export interface LeftOver extends Filled {
  /** that are not found again: they are filled, or newly noted */
  readonly settledRows: number
}

/** Reads what the statements are made from; the session's path and row security are set for the rest of its transaction. */
export async function readFilling (session: Session, state: TransitionState): Promise<Filling> {
  await session.query('set local row_security = off')
  await pinSearchPath(session)
  const table = qualifiedTable(state)
  return {
    table,
    marker: quote(namesOf(state.name).marker),
    key: await readPrimaryKey(session, table),
    settingAside: state.definition.onError === 'set-aside' ? state.name : null
  }
}

/** The last key of the table; null when it is empty. */
export async function findLastKey (session: Session, { table, key }: Filling): Promise<KeyValues | null> {
  const [row] = await session.query<{ key: string[] }>(`
    select ${key.asJson} as key from (
      select ${key.list} from only ${table} order by ${descending(key)} limit 1
    ) as last`)
  return row?.key ?? null
}

/**
 * Finds the last key of the next batch, on a snapshot and without locks: a locking select that waited for a row
 * whose key moved would give a bound far ahead, and rows would be skipped.
 *
 * @returns null when no key lies between `after` and `end`
 */
export async function findBatchEnd (session: Session, { table, key }: Filling, after: KeyValues | null, end: KeyValues, rows: number): Promise<KeyValues | null> {
  const [row] = await session.query<{ key: string[] }>(`
    select ${key.asJson} as key from (
      select ${key.list} from only ${table}
      where ${between(key, after)} order by ${key.list} limit ${rows}
    ) as batch order by ${descending(key)} limit 1`, [...end, ...after ?? []])
  return row?.key ?? null
}

/** Has the dual writer fill the rows with keys in (after, upTo] that still have the marker; a row that another session holds is looked at again once it lets go. */
export async function fillRange (session: Session, filling: Filling, after: KeyValues | null, upTo: KeyValues): Promise<Filled> {
  return await countFilled(session, `update only ${filling.table} as t set ${filling.marker} = false
    where ${between(filling.key, after)} and t.${filling.marker} returning t.${filling.marker} as "left"`, [...upTo, ...after ?? []])
}

/**
 * Fills rows in a range of pages that the ranges of the key have missed because their keys moved. A row that a trigger
 * of somebody gives back as it was is written, and still there to be found.
 */
export async function fillLeftOver (session: Session, filling: Filling, pages: PageRange, rows: number): Promise<LeftOver> {
  const { table, marker, key, settingAside } = filling
  const noting = settingAside === null ? null : { transition: settingAside, since: await findLastNote(session) }
  const filled = await countFilled(session, `update only ${table} as t set ${filling.marker} = false
    where (${key.list}) in (select ${key.list} from only ${table} as t where ${inPages(pages)} and ${isPending(filling)} limit ${rows})
      and t.${marker} returning t.${marker} as "left"`, [])
  const noted = noting === null ? [] : await findNotedSince(session, noting)
  return { ...filled, settledRows: filled.filledRows + noted.length }
}

/** The key of any row in a range of pages that still has the marker; null when there is none. */
export async function findPending (session: Session, filling: Filling, pages: PageRange): Promise<KeyValues | null> {
  const { table, key } = filling
  const [row] = await session.query<{ key: string[] }>(`select ${key.asJson} as key from only ${table} as t where ${inPages(pages)} and ${isPending(filling)} limit 1`)
  return row?.key ?? null
}

/** A row that is set aside has been tried already. */
function isPending ({ marker, key, settingAside }: Filling): string {
  return settingAside === null ? `t.${marker}` : `t.${marker} and not ${isNoted(settingAside, key)}`
}

function between (key: PrimaryKey, after: KeyValues | null): string {
  const upTo = compareKey(key, '<=', 1)
  return after === null ? upTo : `${upTo} and ${compareKey(key, '>', key.columns.length + 1)}`
}

function descending (key: PrimaryKey): string {
  return key.columns.map(({ name }) => `${name} desc`).join(', ')
}

async function countFilled (session: Session, update: string, values: readonly unknown[]): Promise<Filled> {
  const [row] = await session.query(`with filled as (${update}) select count(*) filter (where not "left")::int as filled, count(*)::int as written from filled`, values)
  return { filledRows: Number(row?.filled), writtenRows: Number(row?.written) }
}
