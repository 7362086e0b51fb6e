import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Knex } from 'knex'
import { SilentDatabaseError } from '../../errors.js'
import { isRecord } from '../knex/syntax.js'
import type { OtherRelation } from '../knex/table-state.js'
import { otherRelationOf, phaseRowOf, type PhaseRow } from './phase-rows.js'
import { ACKNOWLEDGE } from './sql/acknowledge.js'
import { KEEP_LEASE } from './sql/keep-lease.js'
import { LEAVE_FLEET } from './sql/leave-fleet.js'
import { READ_NAMESAKES } from './sql/read-namesakes.js'
import { HAS_PHASES, READ_PHASES } from './sql/read-phases.js'

/** How an instance shows itself in `vintage status`. */
export interface InstanceName {
  /** @default host and pid */
  readonly name?: string
  /** e.g. a commit */
  readonly build?: string
}

/** One instance's access to the tables of schema `vintage`. */
export interface Registry {
  /** Registers, or renews the lease; `absent` when `vintage migrate` has never run here. */
  keepLease (): Promise<'joined' | 'renewed' | 'absent'>
  /** undefined when `vintage migrate` has never run here */
  readPhases (): Promise<PhaseRow[] | undefined>
  readNamesakes (columns: readonly string[]): Promise<OtherRelation[]>
  acknowledge (rows: readonly PhaseRow[]): Promise<void>
  leave (): Promise<void>
  close (): Promise<void>
}

/** Of the pg driver: statements here have `$1`, which knex would take for text. */
interface Connection {
  query (sql: string, values: readonly unknown[]): Promise<{ rows: unknown[] }>
  __knex__disposed?: unknown
}

/**
 * @param knex a plain one with a connection of its own, so that an exhausted pool of the application cannot cost the lease
 * @param transitions names that the build knows
 */
export function openRegistry (knex: Knex, transitions: readonly string[], leaseMs: number, instance: InstanceName = {}): Registry {
  const id = randomUUID()
  const { name = `${hostname()}:${process.pid}`, build = null } = instance
  let present = false

  async function query (sql: string, values: readonly unknown[] = []): Promise<unknown[]> {
    const connection: Connection = await knex.client.acquireConnection()
    return await within(leaseMs, connection.query(sql, values)).then(({ rows }) => rows, (error: unknown) => {
      // knex closes such a connection instead of lending it out again
      connection.__knex__disposed = error
      throw error
    }).finally(() => knex.client.releaseConnection(connection))
  }

  async function isPresent (): Promise<boolean> {
    if (present) return true
    const [row] = await query(HAS_PHASES)
    present = isRecord(row) && row.present === true
    return present
  }

  return {
    async keepLease () {
      if (!await isPresent()) return 'absent'
      const [row] = await query(KEEP_LEASE, [id, name, hostname(), process.pid, build, transitions, leaseMs])
      return isRecord(row) && row.outcome === 'joined' ? 'joined' : 'renewed'
    },
    async readPhases () {
      return await isPresent() ? (await query(READ_PHASES)).map(phaseRowOf) : undefined
    },
    async readNamesakes (columns) {
      return (await query(READ_NAMESAKES, [columns])).map(otherRelationOf)
    },
    async acknowledge (rows) {
      await query(ACKNOWLEDGE, [id, rows.map((row) => row.name), rows.map((row) => row.epoch), rows.map((row) => row.phase)])
    },
    async leave () {
      if (present) await query(LEAVE_FLEET, [id])
    },
    async close () {
      await knex.destroy()
    }
  }
}

/** A connection that hears nothing any more would keep every statement waiting. */
async function within<T> (limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    // one turn later: after a halt of this process timers come before the answers that have arrived meanwhile
    timer = setTimeout(() => setImmediate(() => reject(new SilentDatabaseError(limitMs))), limitMs)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
