import type { Session } from '../database.js'

/** A row of `vintage.instances` with what it has acknowledged of one transition. */
export interface InstanceState {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly build: string | null
  readonly startedAt: Date
  readonly leaseUntil: Date
  readonly live: boolean
  readonly knows: boolean
  /** its statements go to a replica */
  readonly replica: boolean
  readonly acknowledged: { readonly phase: string, readonly epoch: number, readonly at: Date } | null
}

interface InstanceRow {
  id: string
  name: string
  host: string
  pid: number
  build: string | null
  started_at: Date
  lease_until: Date
  live: boolean
  knows: boolean
  replica: boolean
  epoch: string | null
  phase: string | null
  acknowledged_at: Date | null
}

const INSTANCES = `
select i.id, i.name, i.host, i.pid, i.build, i.started_at, i.lease_until, i.replica,
       i.lease_until > clock_timestamp() as live, $1 = any (i.transitions) as knows,
       a.epoch, a.phase, a.acknowledged_at
from vintage.instances i left join vintage.acknowledgements a on a.instance = i.id and a.transition = $1
order by i.started_at, i.id`

/** All registered instances, as they stand to one transition. */
export async function readInstances (session: Session, transition: string): Promise<InstanceState[]> {
  return (await session.query<InstanceRow>(INSTANCES, [transition])).map((row) => ({
    id: row.id,
    name: row.name,
    host: row.host,
    pid: row.pid,
    build: row.build,
    startedAt: row.started_at,
    leaseUntil: row.lease_until,
    live: row.live,
    knows: row.knows,
    replica: row.replica,
    acknowledged: row.epoch === null || row.phase === null || row.acknowledged_at === null
      ? null
      : { phase: row.phase, epoch: Number(row.epoch), at: row.acknowledged_at }
  }))
}

/** `api-2 (host-b, pid 4711)` */
export function describeInstance ({ name, host, pid }: Pick<InstanceState, 'name' | 'host' | 'pid'>): string {
  return `${name} (${host}, pid ${pid})`
}
