import { inPages, type PageRange } from '../backfill/pages.js'
import type { KeyValues, PrimaryKey } from '../backfill/key.js'
import type { Session } from '../database.js'
import { valuesOf } from '../dual-writer/compare.js'
import type { Sides } from '../dual-writer/sides.js'
import { isDataError } from '../governor/data-error.js'
import { isNoted } from '../set-aside/ledger.js'
import { inSync } from '../sql/in-sync.js'
import { FOUND, writeRowByRow } from './row-by-row.js'

/** What rows are compared by. */
export interface Comparison {
  readonly sides: Sides
  readonly key: PrimaryKey
  /** the transition, where its rows may be released */
  readonly releasing: string | null
}

/** What a range of pages has in it. */
export interface RangeFound {
  readonly rows: number
  /** that are still to be filled */
  readonly pending: number
  /** that are out of sync */
  readonly mismatched: number
  /** keys of the first of these */
  readonly mismatches: readonly KeyValues[]
}

/**
 * Compares the rows of a range of pages. Where an expression raises on one, they are looked at one by one, each side
 * by itself.
 *
 * @param listed how many mismatches are listed at most
 */
export async function compareRange (session: Session, comparison: Comparison, pages: PageRange, listed: number): Promise<RangeFound> {
  await session.query('savepoint vintage_range')
  const found = await compareAtOnce(session, comparison, pages, listed).catch(async (error: unknown) => {
    if (!isDataError(error)) throw error
    await session.query('rollback to savepoint vintage_range')
    return await compareOneByOne(session, comparison, pages, listed)
  })
  await session.query('release savepoint vintage_range')
  return found
}

async function compareAtOnce (session: Session, comparison: Comparison, pages: PageRange, listed: number): Promise<RangeFound> {
  const { sides, key } = comparison
  const bad = `case when ${isLeftOut(comparison)} then false else not (${inSync(sides)}) end`
  const counts = await countRows(session, comparison, pages, bad)
  if (counts.mismatched === 0) return { ...counts, mismatches: [] }
  const rows = await session.query<{ key: string[] }>(`select ${key.asJson} as key from only ${sides.table} as t where ${inPages(pages)} and ${bad} limit ${listed}`)
  return { ...counts, mismatches: rows.map((row) => row.key) }
}

async function compareOneByOne (session: Session, comparison: Comparison, pages: PageRange, listed: number): Promise<RangeFound> {
  const counts = await countRows(session, comparison, pages, 'false')
  await session.query(writeRowByRow(comparison, `${inPages(pages)} and not (${isLeftOut(comparison)})`, listed))
  const [found] = await session.query("select current_setting($1)::jsonb -> 'count' as bad", [FOUND])
  const rows = await session.query<{ key: string[] }>("select jsonb_array_elements(current_setting($1)::jsonb -> 'keys') as key", [FOUND])
  return { ...counts, mismatched: Number(found?.bad), mismatches: rows.map((row) => row.key) }
}

/** @param bad SQL that holds for a row `t` that is out of sync */
async function countRows (session: Session, { sides }: Comparison, pages: PageRange, bad: string): Promise<Omit<RangeFound, 'mismatches'>> {
  const [counted] = await session.query(`
    select count(*)::int as rows, count(*) filter (where t.${sides.marker})::int as pending, count(*) filter (where ${bad})::int as bad
    from only ${sides.table} as t where ${inPages(pages)}`)
  return { rows: Number(counted?.rows), pending: Number(counted?.pending), mismatched: Number(counted?.bad) }
}

/** A row that is still to be filled is counted apart; one that was released is as right as its old side lets it be. */
function isLeftOut ({ sides, key, releasing }: Comparison): string {
  if (releasing === null) return `t.${sides.marker}`
  return `t.${sides.marker} or num_nonnulls(${valuesOf(sides.new, 't').join(', ')}) = 0 and ${isNoted(releasing, key, ' and s.released_at is not null')}`
}
