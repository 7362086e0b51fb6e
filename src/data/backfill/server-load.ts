import type { Session } from '../database.js'
import type { SettledLimits } from './limits.js'

/** What the server is at, and how the instance fares that fares worst. A standby's lag is null while it has nothing to replay, and for a role that may not see it. */
interface ServerLoad {
  readonly lagMs: number | null
  readonly standby: string | null
  readonly slotBytes: number | null
  readonly slot: string | null
  readonly sessions: number
  readonly latencyMs: number | null
  readonly instance: string | null
}

/** An instance tells each second; one that has stopped doing so is about to lose its lease. */
const REPORT_HOLDS = '10 seconds'

/**
 * Whether a session of another role is at work is for `pg_read_all_stats` to see; its locks are for everybody, and each
 * transaction holds that of its own number. The last lag measured stands for up to 10 s after a standby has caught up
 * with a server that then writes nothing.
 */
const LOAD = `
select r.lag as "lagMs", r.name as standby, s.bytes as "slotBytes", s.name as slot, a.sessions
from (select count(*)::int as sessions from pg_catalog.pg_stat_activity
      where usesysid is not null and coalesce(backend_type, 'client backend') = 'client backend' and application_name <> 'vintage operator'
        and (state = 'active' or state is null and pid in (select pid from pg_catalog.pg_locks where locktype = 'virtualxid' and granted))) a
left join (select (extract(epoch from replay_lag) * 1000)::float8 as lag, coalesce(nullif(application_name, ''), host(client_addr), 'a standby') as name
           from pg_catalog.pg_stat_replication where replay_lag is not null and replay_lsn < pg_catalog.pg_current_wal_lsn() order by replay_lag desc limit 1) r on true
left join (select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)::float8 as bytes, slot_name::text as name
           from pg_catalog.pg_replication_slots where restart_lsn is not null order by restart_lsn limit 1) s on true`

const SLOWEST = `
select latency_ms as "latencyMs", format('%s (%s, pid %s)', name, host, pid) as instance
from vintage.instances where latency_ms is not null and lease_until > clock_timestamp() and latency_at > clock_timestamp() - interval '${REPORT_HOLDS}'
order by latency_ms desc limit 1`

/** @returns why a batch should not be begun now; null when it may */
export async function findOverload (session: Session, limits: SettledLimits): Promise<string | null> {
  const [slowest = { latencyMs: null, instance: null }] = limits.maxAppLatencyMs === null ? [] : await session.query<Pick<ServerLoad, 'latencyMs' | 'instance'>>(SLOWEST)
  const reasons = (await session.query<Omit<ServerLoad, 'latencyMs' | 'instance'>>(LOAD)).map((load) => describeOverload({ ...load, ...slowest }, limits))
  return reasons.find((reason) => reason !== null) ?? null
}

/** @returns the first limit that is passed, as a sentence with the figure and the limit */
export function describeOverload (load: ServerLoad, { maxReplicaLagMs, maxSlotBytes, maxActiveSessions, maxAppLatencyMs }: SettledLimits): string | null {
  const { lagMs, standby, slotBytes, slot, sessions, latencyMs, instance } = load
  if (lagMs !== null && lagMs > maxReplicaLagMs) return `standby ${standby} is ${seconds(lagMs)} s behind (limit ${seconds(maxReplicaLagMs)} s)`
  if (slotBytes !== null && slotBytes > maxSlotBytes) return `replication slot ${slot} holds back ${megabytes(slotBytes)} MB of WAL (limit ${megabytes(maxSlotBytes)} MB)`
  if (maxActiveSessions !== null && sessions > maxActiveSessions) return `${sessions} sessions are at work (limit ${maxActiveSessions})`
  if (maxAppLatencyMs !== null && latencyMs !== null && latencyMs > maxAppLatencyMs) return `statements of ${instance} take ${Math.round(latencyMs)} ms (99 of 100 of them at most; limit ${maxAppLatencyMs} ms)`
  return null
}

function seconds (ms: number): string {
  return (ms / 1000).toFixed(1)
}

function megabytes (bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}
