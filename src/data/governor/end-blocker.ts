import { messageOf } from '../../caught.js'
import type { Sessions } from '../database.js'
import { AT_WORK } from './at-work.js'
import type { Ending } from './blocker-policy.js'
import { IN_THE_WAY, type Holder } from './blockers.js'
import { treeOf } from './table-tree.js'
import { codeOf } from './transient.js'

const INSUFFICIENT_PRIVILEGE = '42501'

/** What a session is may not be visible, but who sends or applies changes is. */
const REPLICATION = 'select pid from pg_catalog.pg_stat_replication union all select pid from pg_catalog.pg_stat_subscription'

/**
 * Ends the session while it is in the very transaction that was seen, and has a lock on the table still: the number of
 * a virtual transaction is not given again, unlike that of a process. What a role may not see of others it may not
 * end either, but for pg_signal_backend, which no autovacuum is subject to.
 */
const END = `
select spared, case when spared is not null then null when $4 = 'cancel' then pg_cancel_backend(pid) else pg_terminate_backend(pid) end as ended
from (
  select a.pid, case
    when a.application_name = 'vintage operator' or exists (select 1 from pg_catalog.pg_locks o where o.pid = a.pid and ${AT_WORK}) then 'it is at work for fastify-vintage'
    when a.usesysid is null or coalesce(a.backend_type, 'client backend') <> 'client backend' or a.pid in (${REPLICATION}) then 'it is no client: autovacuum, replication, or part of a parallel query'
    when $4 = 'cancel' and a.state like 'idle%' then 'it is idle, so that there is no statement to cancel'
  end as spared
  from pg_catalog.pg_stat_activity a
  where a.pid = $1 and exists (
    select 1 from pg_catalog.pg_locks l
    where l.pid = a.pid and l.virtualtransaction = $2 and l.locktype = 'relation' and ${IN_THE_WAY} and l.relation in ${treeOf('$3')}
      and l.database = (select oid from pg_catalog.pg_database where datname = current_database()))
) as found`

/**
 * Ends who stands in the way, as far as there is leave, unless it has gone by itself.
 *
 * @returns why it was spared; null when it was ended, or has gone
 */
export async function endBlocker ({ database }: { readonly database: Sessions }, { policy, keep }: Ending, { id, table, ...blocker }: Holder): Promise<string | null> {
  const { pid } = blocker
  if (pid === null) return 'it has no session, and ends by COMMIT PREPARED or ROLLBACK PREPARED'
  try {
    return await database.transaction(async (session) => {
      const [found] = await session.query<{ spared: string | null, ended: boolean | null }>(END, [pid, id, table, policy])
      if (found?.ended === true) await keep(session, { how: policy === 'cancel' ? 'cancelled' : 'terminated', table, blocker: { ...blocker, pid } })
      return found?.spared ?? null
    })
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error
    return `this role may not: ${messageOf(error)}; pg_signal_backend is enough where it is no superuser's`
  }
}
