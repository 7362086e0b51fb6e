import type { Session } from '../database.js'
import { findDependents } from '../preflight/find-dependents.js'
import { oldColumnsOf, type Transition } from '../transition.js'

/** What tells who may be using a table. */
export interface Surroundings {
  /** oids of the tables that were there before this run began */
  readonly tablesBefore: readonly string[]
  /** backends that belong to this run */
  ownPids (): readonly number[]
}

/**
 * Nobody for whom the old columns would be gone all at once: the table is this run's own, or no other
 * client is connected. Whose backend this role may not see counts as a client.
 */
const UNUSED = `
select to_regclass($1)::oid <> all ($2::oid[]) or not exists (
  select 1 from pg_catalog.pg_stat_activity
  where datname = current_database() and coalesce(backend_type, 'client backend') = 'client backend'
    and pid <> pg_backend_pid() and pid <> all ($3::integer[])
) as unused`

/** Whether the table is this run's own, or no other client is connected; what rows there are is not looked at. */
export async function isUnused (session: Session, table: string, { tablesBefore, ownPids }: Surroundings): Promise<boolean> {
  const [found] = await session.query(UNUSED, [table, tablesBefore, ownPids()])
  return found?.unused === true
}

/**
 * Whether a transition may take all phases at once: nobody uses the table, no instance is live, and nothing hangs on
 * the old columns that would stop their drop.
 *
 * @param run runs a statement within what is left of the deadline
 * @param table quoted, with its schema; locked
 */
export async function isFresh (session: Session, run: Session['query'], transition: Transition, table: string, surroundings: Surroundings): Promise<boolean> {
  if (!await isUnused(session, table, surroundings)) return false
  const [found] = await session.query(`select exists (select 1 from ${table}) as filled`)
  if (found?.filled !== false) return false
  // an instance that would register until we commit waits, and then finds the end
  await run('lock table vintage.instances in share mode')
  const live = await session.query('select 1 from vintage.instances where lease_until > clock_timestamp() limit 1')
  if (live.length > 0) return false
  const dependents = await findDependents(session, transition, table, oldColumnsOf(transition))
  return dependents.every(({ goesAlong }) => goesAlong)
}
