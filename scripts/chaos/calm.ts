import { openOperator, type Operator } from '../../src/data/operator.js'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { phaseDistance, type Phase } from '../../src/data/phases.js'
import type { Client } from 'pg'
import { createFleet } from './fleet.js'
import { clockMs, type Entry } from './log.js'
import { createOracle } from './oracle.js'
import { NAME, POINTS, TRANSITIONS } from './people.js'
import { openLogs } from './read-logs.js'
import { readTable } from './table.js'

/** How five processes fared while nothing went wrong. */
export interface Calm {
  /** requests per second that were answered, all processes together */
  readonly requestsPerSecond: number
  /** what was wrong with the rows, or with what was read */
  readonly problems: readonly string[]
  /** of processes that speak head columns */
  readonly ownErrors: readonly string[]
  /** of an old build and of somebody else's program: code and message */
  readonly otherErrors: readonly string[]
}

export interface CalmOptions {
  readonly url: string
  /** for logs */
  readonly folder: string
  readonly seed: number
  /** milliseconds from one request of a process to its next */
  readonly breathMs: number
  /** which are walked; the others stay at `dual-write` */
  readonly transitions: readonly (typeof NAME | typeof POINTS)[]
}

/** so long that a step which did not wait for all apps would be noticed */
const POLL_MS = 400

/** Everything that stays live: the way forward, and back. */
const THERE_AND_BACK: readonly Phase[] = ['backfill', 'read-new', 'hide', 'read-new', 'backfill', 'dual-write']

/**
 * Three processes that speak head columns, an old build and somebody else's prepared `select *` read and write while
 * each transition is walked there and back and then to its end, one after the other.
 *
 * @param database connected to `url`, where `CREATE_TABLE` has made the table
 */
export async function walkInCalm (database: Client, { url, folder, seed, breathMs, transitions }: CalmOptions): Promise<Calm> {
  const logs = openLogs(folder)
  const operator = await openOperator({ connection: url, transitions: await loadTransitions(TRANSITIONS), strayWindowMs: 0, batchRows: 200 })
  const fleet = await createFleet({ url, logs, seed, breathMs, pollMs: POLL_MS, others: { 'old-1': 'old-process.ts', foreign: 'foreign-process.ts' }, spareApps: 0 })
  try {
    await operator.migrate()
    await fleet.startApps()
    const early = await logs.readNew()
    const began = clockMs()
    for (const transition of transitions) {
      for (const to of THERE_AND_BACK) await walk(operator, transition, to)
      await operator.advance({ transition, to: 'drop' })
    }
    const seconds = (clockMs() - began) / 1_000
    await fleet.stopAll()
    const entries = await logs.readNew()
    const errors = (isOwn: boolean): string[] => [...early, ...entries].flatMap((entry) => entry.kind === 'error' && entry.by.startsWith('app') === isOwn ? [`${entry.code} ${entry.message}`] : [])
    return {
      requestsPerSecond: entries.filter(({ kind }) => kind === 'answered').length / seconds,
      problems: await judge(database, [...early, ...entries]),
      ownErrors: errors(true),
      otherErrors: errors(false)
    }
  } finally {
    await fleet.close()
    await operator.close()
  }
}

async function walk (operator: Operator, transition: string, to: Phase): Promise<void> {
  const { transitions } = await operator.status()
  const at = transitions.find((one) => one.transition === transition)?.phase
  const isBack = at !== undefined && at !== null && phaseDistance(at, to) < 0
  if (isBack) await operator.rollback({ transition, to })
  else await operator.advance({ transition, to })
}

/** When nobody writes any more. */
async function judge (database: Client, entries: readonly Entry[]): Promise<string[]> {
  const oracle = createOracle()
  oracle.take(entries)
  const { rows, problems } = await readTable(database)
  return [...problems, ...oracle.judge(oracle.floor(), rows), ...oracle.judgeCounts(rows)]
}
