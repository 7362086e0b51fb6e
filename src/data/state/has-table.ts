import type { Session } from '../database.js'

/** Whether schema `vintage` has a table. */
export async function hasTable (session: Session, table: string): Promise<boolean> {
  // not to_regclass, whose cache may still lack what was committed while this session waited for a lock
  const [row] = await session.query("select exists (select 1 from pg_catalog.pg_tables where schemaname = 'vintage' and tablename = $1) as present", [table])
  return row?.present === true
}
