import type { Session } from '../database.js'

/**
 * An autovacuum worker gives way to whoever has waited for `deadlock_timeout`, so the wait lasts a second longer. A
 * table that a foreign key refers to may be one that we can neither write nor, so, lock.
 */
const PATIENCE = `
select set_config('lock_timeout', (setting::integer + 1000)::text, true), has_table_privilege(to_regclass($1), 'update, delete, truncate') as lockable
from pg_catalog.pg_settings where name = 'deadlock_timeout'`

/**
 * Makes autovacuum give way, by waiting for a lock that holds up neither readers nor writers, before the deadline of
 * the real lock begins: that is too short for a worker to notice. A manual VACUUM, and one that prevents wraparound,
 * do not give way.
 *
 * To be called first in a transaction. It holds nothing then that anybody could wait for while it waits, and since
 * the lock conflicts with itself, no two of our transactions hold it and wait for each other's stronger one.
 *
 * @param table quoted, with its schema
 */
export async function outwaitVacuum (session: Session, table: string): Promise<void> {
  const [found] = await session.query(PATIENCE, [table])
  if (found?.lockable === false) return
  await session.query(`lock table ${table} in share update exclusive mode`)
}

/** VACUUM, ANALYZE and the like, which `outwaitVacuum` waits for; of several modes a blocker shows the first by name. */
export const VACUUM_LOCK = 'ShareUpdateExclusiveLock'
