import type { Session } from '../database.js'

/** 16 MB of table at a time: ctid ranges are read as quickly as a plain scan, and show progress. */
const PAGES_PER_RANGE = 2_048

/** Pages of a table from `from` up to, and without, `to`. */
export interface PageRange {
  readonly from: number
  readonly to: number
}

/**
 * Cuts a table into ranges of pages. Within a snapshot they hold all its rows: whatever grows later, it does not see.
 *
 * @param table quoted, with its schema
 */
export async function readPageRanges (session: Session, table: string): Promise<PageRange[]> {
  const [size] = await session.query("select pg_relation_size(to_regclass($1)) / current_setting('block_size')::bigint as pages", [table])
  const ranges: PageRange[] = []
  for (let from = 0; from < Number(size?.pages); from += PAGES_PER_RANGE) ranges.push({ from, to: from + PAGES_PER_RANGE })
  return ranges
}

/** A condition that the planner answers by reading just these pages. */
export function inPages ({ from, to }: PageRange): string {
  return `ctid >= '(${from},0)'::tid and ctid < '(${to},0)'::tid`
}
