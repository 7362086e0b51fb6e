import Table from 'cli-table3'
import type { TransitionStatus } from '../../data/operator.js'
import { describeNextSteps, standingOf } from '../next-step.js'
import type { Output } from '../output.js'
import { describeBackfill, describeInstances, describeOperator, describePause, describePending, describeReadView, describeSetAside, describeShadowReads, describeSince, describeStrayWriters, describeWorkers } from './describe-status.js'

type Colors = Output['colors']

/**
 * `vintage status` for a person: a table of transitions, one of live instances, one of workers where rows are being
 * filled, and the next command of each transition.
 * @param now what ages are counted from
 */
export function statusTables (transitions: readonly TransitionStatus[], colors: Colors, now: Date): string {
  if (transitions.length === 0) return 'no transitions: no file in `transitions/` defines one, and none is known to the database'
  const standings = transitions.map(standingOf)
  return [
    transitionTable(transitions, colors, now),
    instanceTable(transitions, colors, now),
    ...workerTable(transitions, colors, now),
    ...transitions.flatMap((status) => [...describeOperator(status, now), ...describePause(status, now), ...describeReadView(status), ...describeSetAside(status), ...describeStrayWriters(status, now), ...describeShadowReads(status, now)]),
    ...describeNextSteps(standings, standings)
  ].join('\n')
}

function transitionTable (transitions: readonly TransitionStatus[], colors: Colors, now: Date): string {
  const table = createTable(['transition', 'table', 'phase', 'since', 'pending rows', 'backfill'], colors)
  for (const status of transitions) {
    const phase = status.phase === null ? colors.dim('not begun') : colors.green(status.phase)
    table.push([status.transition, status.table, phase, describeSince(status.since, now), describePending(status), describeBackfill(status.backfill)])
  }
  return table.toString()
}

function instanceTable (transitions: readonly TransitionStatus[], colors: Colors, now: Date): string {
  const rows = transitions.flatMap((status) => describeInstances(status, now))
  if (rows.length === 0) return 'no instance is live'
  const table = createTable(['instance', 'where', 'build', 'transition', 'acknowledged'], colors)
  for (const { behind, cells } of rows) table.push(cells.map((cell) => behind ? colors.yellow(cell) : cell))
  return table.toString()
}

function workerTable (transitions: readonly TransitionStatus[], colors: Colors, now: Date): string[] {
  const rows = transitions.flatMap((status) => describeWorkers(status, now))
  if (rows.length === 0) return []
  const table = createTable(['worker', 'where', 'transition', 'keys', 'rows', 'last sign'], colors)
  table.push(...rows)
  return [table.toString()]
}

function createTable (head: string[], colors: Colors): InstanceType<typeof Table> {
  return new Table({ head: head.map((title) => colors.bold(title)), style: { head: [], border: [] } })
}
