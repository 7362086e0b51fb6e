import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import type { TransitionState } from '../state/transitions.js'

/** A trigger of somebody else that fires when a row is filled. */
export interface FiringTrigger {
  readonly name: string
  /** its function, quoted where it has to be, with its schema */
  readonly runs: string
  /** e.g. `before each row` */
  readonly when: string
}

/**
 * tgtype: 1 row, 2 before, 16 update. Internal ones are those of foreign keys and deferred keys, which a column of
 * neither concerns. All generated columns count as set by an UPDATE of a table with a BEFORE ROW trigger, as ours is.
 */
const FIRING = `
select t.tgname as name, quote_ident(n.nspname) || '.' || quote_ident(p.proname) as runs,
       case when t.tgtype & 2 > 0 then 'before' else 'after' end || case when t.tgtype & 1 > 0 then ' each row' else ' each statement' end as when
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where t.tgrelid = to_regclass($1) and not t.tgisinternal and t.tgtype & 16 > 0 and n.nspname <> 'vintage'
  and t.tgenabled in ('A', case current_setting('session_replication_role') when 'replica' then 'R' else 'O' end)
  and (t.tgattr::text = '' or exists (
    select 1 from pg_catalog.pg_attribute a
    where a.attrelid = t.tgrelid and a.attnum = any (t.tgattr) and (a.attname = $2 or a.attgenerated <> '')))
order by t.tgname`

/**
 * Lists the triggers of others that the backfill's updates would fire: they set the marker alone, the dual writer fills
 * the rest, and UPDATE OF goes by the columns that the statement names. What a WHEN says cannot be judged before: it
 * counts as true.
 *
 * @param table quoted, with its schema
 */
export async function findFiringTriggers (session: Session, state: TransitionState, table: string): Promise<FiringTrigger[]> {
  return await session.query<FiringTrigger & Record<string, unknown>>(FIRING, [table, namesOf(state.name).marker])
}

/** `` `touch` (before each row, public.touch) `` */
export function describeFiringTrigger ({ name, runs, when }: FiringTrigger): string {
  return `\`${name}\` (${when}, ${runs})`
}
