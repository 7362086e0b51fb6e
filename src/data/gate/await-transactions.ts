import { RefusedTransactionsError } from '../../errors.js'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { endingOf, HAVE_THEM_ENDED } from '../governor/blocker-policy.js'
import { blockerOf, describeHolder, type Holder } from '../governor/blockers.js'
import { endBlocker } from '../governor/end-blocker.js'
import { keepEnded } from '../governor/keep-ended.js'
import { pause } from '../governor/pause.js'
import type { TransitionState } from '../state/transitions.js'

const POLL_MS = 100
/** Who outlives being ended is ended again after so long. */
const AGAIN_MS = 1_000

/**
 * Whose transaction began is not visible to every role; then the transaction counts as an old one. The virtual
 * transaction id is visible to all, and tells one transaction of a session from the next.
 */
const OLD_TRANSACTIONS = `
select l.pid, a.application_name as application, left(a.query, 200) as query, min(l.mode) as lock,
       (extract(epoch from clock_timestamp() - min(a.xact_start)) * 1000)::float8 as "ageMs", l.virtualtransaction as id, $1::text as "table"
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.granted and l.relation = to_regclass($1)
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.pid is distinct from pg_backend_pid()
  and l.mode in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
  and (a.xact_start is null or a.xact_start < (select changed_at from vintage.transitions where name = $2))
  and ($3::text[] is null or l.virtualtransaction = any ($3))
group by l.pid, a.application_name, a.query, l.virtualtransaction
order by "ageMs" desc nulls last`

/**
 * Waits until no transaction from before the present phase holds a lock on the table, whatever leases say. Where there
 * is leave, those that are still there after half of `waitMs` are ended.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_TRANSACTIONS after `waitMs`, naming who does
 */
export async function awaitTransactions (context: Context, state: TransitionState): Promise<void> {
  const began = Date.now()
  const until = new Date(began + context.waitMs)
  const endings: Endings = { spared: new Map(), asked: new Map() }
  let old = await findOld(context, state, null)
  for (let again = false; old.length > 0; again = true) {
    // who is seen once may have ended between the look at its lock and the look at its start
    if (again && Date.now() >= until.getTime()) throw refusal(state, old, endings.spared, context.waitMs)
    if (!again) context.report({ type: 'waiting', transition: state.name, for: 'transactions', until, instances: [], blockers: old.map(blockerOf) })
    await endOld(context, state, old, Date.now() - began, endings)
    await pause(POLL_MS, context.signal)
    old = await findOld(context, state, old.map(({ id }) => id))
  }
}

/** By the ids of transactions. */
interface Endings {
  /** why */
  readonly spared: Map<string, string>
  /** when last, in ms since the epoch */
  readonly asked: Map<string, number>
}

/** @param waitedMs all of them were there when the waiting began */
async function endOld (context: Context, state: TransitionState, old: readonly Holder[], waitedMs: number, { spared, asked }: Endings): Promise<void> {
  const { blockers: policy, lockDeadlineMs, waitMs } = context
  const ending = endingOf(policy, keepEnded(context, state.name))
  if (ending === null || waitedMs < waitMs / 2) return
  for (const holder of old) {
    // an age that this role may not see is that of the waiting at least
    if (Math.max(Number(holder.ageMs), waitedMs) <= lockDeadlineMs) continue
    if (Date.now() - (asked.get(holder.id) ?? 0) < AGAIN_MS) continue
    asked.set(holder.id, Date.now())
    const why = await endBlocker(context, ending, holder)
    if (why !== null) spared.set(holder.id, why)
  }
}

async function findOld (context: Context, state: TransitionState, among: readonly string[] | null): Promise<Holder[]> {
  return await context.database.query<Holder & Record<string, unknown>>(OLD_TRANSACTIONS, [qualifiedTable(state), state.name, among])
}

function refusal (state: TransitionState, old: readonly Holder[], spared: ReadonlyMap<string, string>, waitMs: number): Error {
  const who = old.map((holder) => describeHolder(holder, spared)).join('; ')
  return new RefusedTransactionsError(`transition \`${state.name}\`: after ${waitMs} ms transactions from before \`${state.phase}\` still hold a lock on ${qualifiedTable(state)}: ${who}. Let them end, or ${HAVE_THEM_ENDED}, and run it again`)
}
