import type { Session } from '../database.js'

/** `vint` in ASCII, and the third of its locks. */
const KEYS = [0x76696e74, 2]

/** SQL that holds for a row `o` of pg_locks which says that its session is at a long statement of ours. */
export const AT_WORK = `o.locktype = 'advisory' and o.objsubid = 2 and o.classid = ${KEYS[0]} and o.objid = ${KEYS[1]} and o.granted
  and o.database = (select oid from pg_catalog.pg_database where datname = current_database())`

/** Says of a session that it is at work, on whatever connection, so that another run of ours does not end it. */
export async function beginWork (session: Session): Promise<void> {
  await session.query('select pg_advisory_lock_shared($1, $2)', KEYS)
}

/** With a connection that is lost the sign is gone too. */
export async function endWork (session: Session): Promise<void> {
  await session.query('select pg_advisory_unlock_shared($1, $2)', KEYS).catch(() => {})
}
