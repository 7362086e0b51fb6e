import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'

/** What a run of ours has done under the name of an index: begun to build it, built it, dropped it. */
export type IndexEvent = 'index' | 'index-built' | 'index-dropped'

/**
 * SQL for the last that happened under the name of an index of pg_class: `begun`, and what has become of it was not
 * heard of, or `built`, and it is that very one; null: it is none of ours, whatever it is called. All of them go with
 * the columns on the way back to `expand`.
 *
 * @param transition its name as SQL
 * @param index the alias of its row
 */
export function ownership (transition: string, index: string): string {
  return `(
    select case when e.event = 'index' then 'begun' when e.event = 'index-built' and e.details ->> 'oid' = ${index}.oid::text then 'built' end
    from vintage.events e
    where e.transition = ${transition}
      and ${happenedTo(index)}
    order by e.id desc limit 1)`
}

/** What bears on an index: all of them go with the columns. */
function happenedTo (index: string): string {
  return `(e.event in ('index', 'index-built', 'index-dropped') and e.details ->> 'index' = ${index}.relname or e.event = 'phase' and e.phase = 'expand')`
}

/** A dump that was restored has given all indexes other numbers: those that bear the names of ours are ours. */
const KNOW_AGAIN = `
insert into vintage.events (transition, event, phase, epoch, by, details)
select t.name, 'index-built', t.phase, t.epoch, $1::text, e.details || jsonb_build_object('oid', x.oid::text)
from vintage.transitions t
join pg_catalog.pg_index i on i.indrelid = to_regclass(format('%I.%I', t.table_schema, t.table_name))
join pg_catalog.pg_class x on x.oid = i.indexrelid
cross join lateral (
  select * from vintage.events e
  where e.transition = t.name and ${happenedTo('x')}
  order by e.id desc limit 1) as e
where e.event = 'index-built'`

/** Knows the indexes of a copy again. */
export async function knowIndexesAgain (session: Session, by: string): Promise<void> {
  await session.query(KNOW_AGAIN, [by])
}

const OID = `
select c.oid::text as oid from pg_catalog.pg_class c
where c.relname = $2 and c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass($1))`

/** Keeps what was done to an index. */
export async function noteIndex (context: Context, lease: Lease, state: TransitionState, event: IndexEvent, index: string): Promise<void> {
  await context.database.transaction(async (session) => {
    await fence(session, lease, 'share')
    await logIndex(context, session, state, event, index)
  })
}

/** As {@link noteIndex}, in a transaction that holds the fence. */
export async function logIndex ({ by }: Pick<Context, 'by'>, session: Session, state: TransitionState, event: IndexEvent, index: string): Promise<void> {
  const [found] = await session.query(OID, [qualifiedTable(state), index])
  await logEvent(session, { transition: state.name, event, phase: state.phase, epoch: state.epoch, by, details: { index, table: qualifiedTable(state), ...found } })
}
