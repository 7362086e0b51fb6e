import { etaOf } from '../backfill/pace.js'
import { readPrimaryKey, type PrimaryKey } from '../backfill/key.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides, type Sides } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import { valuesOf } from '../dual-writer/compare.js'
import type { VerifyResult } from '../results.js'
import { isNoted } from '../set-aside/ledger.js'
import { inSync } from '../sql/in-sync.js'
import type { TransitionState } from '../state/transitions.js'

/** 16 MB of table at a time: ctid ranges are read as quickly as a plain scan, and show progress. */
const PAGES_PER_RANGE = 2_048
const MISMATCHES_LISTED = 20

/** One snapshot for all ranges: a row that moves meanwhile is seen once, where it was. */
const SNAPSHOT = 'isolation level repeatable read, read only'

/** Compares both sides of every row of one snapshot, without locks that anybody would notice. */
export async function verifyRows (context: Context, state: TransitionState): Promise<VerifyResult> {
  return await context.database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session)
    const sides = await readSides(session, state, state.phase === 'hide')
    const key = await readPrimaryKey(session, qualifiedTable(state))
    if (state.definition.onError === 'set-aside') await pinSearchPath(session, key.operatorSchemas)
    return await verifySnapshot(context, session, { transition: state.name, sides, key, bad: badRows(state, sides, key) })
  }, SNAPSHOT)
}

interface Comparison {
  readonly transition: string
  readonly sides: Sides
  readonly key: PrimaryKey
  /** SQL that holds for a row `t` that is out of sync */
  readonly bad: string
}

/** A row that was released is as right as its old side lets it be. */
function badRows (state: TransitionState, sides: Sides, key: PrimaryKey): string {
  const released = state.definition.onError === 'set-aside'
    ? `when num_nonnulls(${valuesOf(sides.new, 't').join(', ')}) = 0 and ${isNoted(state.name, key, ' and s.released_at is not null')} then false`
    : ''
  return `case when t.${sides.marker} then false ${released} else not (${inSync(sides)}) end`
}

interface Counts { checkedRows: number, pendingRows: number, mismatchedRows: number }

async function verifySnapshot (context: Context, session: Session, comparison: Comparison): Promise<VerifyResult> {
  const { transition, sides } = comparison
  const { pages, rows } = await readSize(session, sides.table)
  const counts: Counts = { checkedRows: 0, pendingRows: 0, mismatchedRows: 0 }
  const mismatches: Record<string, string>[] = []
  const start = performance.now()
  for (let page = 0; page < pages; page += PAGES_PER_RANGE) {
    throwIfAborted(context.signal)
    const bad = await countRange(session, comparison, page, counts)
    if (bad > 0 && mismatches.length < MISMATCHES_LISTED) {
      mismatches.push(...await listRange(session, comparison, page, MISMATCHES_LISTED - mismatches.length))
    }
    tell(context, transition, counts, rows, start, false)
  }
  tell(context, transition, counts, counts.checkedRows, start, true)
  return { transition, ...counts, mismatches, ok: counts.pendingRows === 0 && counts.mismatchedRows === 0 }
}

async function readSize (session: Session, table: string): Promise<{ pages: number, rows: number }> {
  const [size] = await session.query(`
    select pg_relation_size(oid) / current_setting('block_size')::bigint as pages, reltuples::bigint as rows
    from pg_class where oid = to_regclass($1)`, [table])
  return { pages: Number(size?.pages), rows: Number(size?.rows) }
}

/** @returns the mismatches of this range; all counts are added up in `counts` */
async function countRange (session: Session, { sides, bad }: Comparison, page: number, counts: Counts): Promise<number> {
  const [found] = await session.query(`
    select count(*)::int as rows, count(*) filter (where t.${sides.marker})::int as pending,
           count(*) filter (where ${bad})::int as bad
    from only ${sides.table} as t where ${inRange(page)}`)
  counts.checkedRows += Number(found?.rows)
  counts.pendingRows += Number(found?.pending)
  counts.mismatchedRows += Number(found?.bad)
  return Number(found?.bad)
}

async function listRange (session: Session, { sides, key, bad }: Comparison, page: number, limit: number): Promise<Record<string, string>[]> {
  const rows = await session.query<{ key: string[] }>(`
    select ${key.asJson} as key from only ${sides.table} as t where ${inRange(page)} and ${bad} limit ${limit}`)
  return rows.map((row) => Object.fromEntries(row.key.map((value, index) => [String(key.columns[index]?.plain), value])))
}

function inRange (page: number): string {
  return `t.ctid >= '(${page},0)'::tid and t.ctid < '(${page + PAGES_PER_RANGE},0)'::tid`
}

function tell (context: Context, transition: string, counts: Counts, estimatedRows: number, start: number, finished: boolean): void {
  const totalRows = Math.max(estimatedRows, counts.checkedRows)
  const { checkedRows: doneRows, pendingRows, mismatchedRows } = counts
  const rowsPerSecond = Math.round(doneRows / Math.max(performance.now() - start, 1) * 1000)
  context.report({ type: 'verify', transition, doneRows, totalRows, rowsPerSecond, etaMs: etaOf(doneRows, totalRows, rowsPerSecond), pendingRows, mismatchedRows, finished })
}
