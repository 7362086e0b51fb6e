import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Knex } from 'knex'
import { ReadOnlyServerError } from '../../errors.js'
import { isRecord } from '../knex/syntax.js'
import type { OtherRelation } from '../knex/table-state.js'
import type { ShadowCount } from '../shadow/shadow-counts.js'
import { connectFleet } from './fleet-connection.js'
import { otherRelationOf, phaseRowOf, type PhaseRow } from './phase-rows.js'
import { ACKNOWLEDGE } from './sql/acknowledge.js'
import { HAS_REPLAYED } from './sql/has-replayed.js'
import { KEEP_LEASE } from './sql/keep-lease.js'
import { LEAVE_FLEET } from './sql/leave-fleet.js'
import { NOTE_REPLICA } from './sql/note-replica.js'
import { REPORT_LATENCY } from './sql/report-latency.js'
import { REPORT_SHADOW_READS } from './sql/report-shadow-reads.js'
import { READ_NAMESAKES } from './sql/read-namesakes.js'
import { READ_PHASES } from './sql/read-phases.js'

/** How an instance shows itself in `vintage status`. */
export interface InstanceName {
  /** how it is named @default host and pid */
  readonly name?: string
  /** what it was built from, e.g. a commit @default none */
  readonly build?: string
}

/** The servers of one instance, each as a plain knex with a connection of its own. */
export interface FleetServers {
  /** runs the application's statements, and so tells the phases that they meet */
  readonly served: Knex
  /** takes registration and acknowledgements @default `served` */
  readonly primary?: Knex
}

/** One instance's access to the tables of schema `vintage`. */
export interface Registry {
  /** Registers, or renews the lease; `absent` when `vintage migrate` has never run here. */
  keepLease (): Promise<'joined' | 'renewed' | 'absent'>
  /** Whether the server of the statements shows what `keepLease` has written last, and with it every step before. */
  hasReplayed (): Promise<boolean>
  /** undefined when `vintage migrate` has never run here */
  readPhases (): Promise<PhaseRow[] | undefined>
  readNamesakes (columns: readonly string[]): Promise<OtherRelation[]>
  acknowledge (rows: readonly PhaseRow[]): Promise<void>
  /** @param ms null: this process sends no statements */
  reportLatency (ms: number | null): Promise<void>
  /** @param counts of this process since it began */
  reportShadowReads (counts: readonly ShadowCount[]): Promise<void>
  leave (): Promise<void>
  close (): Promise<void>
}

/**
 * @param transitions names that the build knows
 */
export function openRegistry (servers: FleetServers, transitions: readonly string[], leaseMs: number, instance: InstanceName = {}): Registry {
  const id = randomUUID()
  const { name = `${hostname()}:${process.pid}`, build = null } = instance
  const served = connectFleet(servers.served, leaseMs)
  const primary = servers.primary === undefined ? served : connectFleet(servers.primary, leaseMs)
  let registers = false
  let leaseUntil: unknown

  return {
    async keepLease () {
      if (!await primary.isPresent()) return 'absent'
      registers = true
      const [row] = await primary.query(KEEP_LEASE, [id, name, hostname(), process.pid, build, transitions, leaseMs]).catch(refuseReadOnly)
      leaseUntil = isRecord(row) && row.until
      if (!isRecord(row) || row.outcome !== 'joined') return 'renewed'
      // only told in `vintage status`; a schema of an older build has no place for it
      if (served !== primary) await primary.query(NOTE_REPLICA, [id]).catch(() => {})
      return 'joined'
    },
    async hasReplayed () {
      if (served === primary || !registers) return true
      return await served.isPresent() && (await served.query(HAS_REPLAYED, [id, leaseUntil])).length > 0
    },
    async readPhases () {
      return await served.isPresent() ? (await served.query(READ_PHASES)).map(phaseRowOf) : undefined
    },
    async readNamesakes (columns) {
      return (await served.query(READ_NAMESAKES, [columns])).map(otherRelationOf)
    },
    async acknowledge (rows) {
      await primary.query(ACKNOWLEDGE, [id, rows.map((row) => row.name), rows.map((row) => row.epoch), rows.map((row) => row.phase)])
    },
    async reportLatency (ms) {
      await primary.query(REPORT_LATENCY, [id, ms])
    },
    async reportShadowReads (counts) {
      const columns = (['transition', 'compared', 'different'] as const).map((column) => counts.map((count) => count[column]))
      await primary.query(REPORT_SHADOW_READS, [id, name, ...columns, counts.map(({ last }) => last?.statement), counts.map(({ last }) => last?.at)])
    },
    async leave () {
      if (registers) await primary.query(LEAVE_FLEET, [id])
    },
    async close () {
      await Promise.all([servers.served.destroy(), servers.primary?.destroy()])
    }
  }
}

const READ_ONLY_TRANSACTION = '25006'

function refuseReadOnly (error: unknown): never {
  if (isRecord(error) && error.code === READ_ONLY_TRANSACTION) throw new ReadOnlyServerError()
  throw error
}
