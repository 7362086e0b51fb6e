import type { BackfillStatus, InstanceStatus, Status, TransitionStatus, WorkerStatus } from '../../data/operator.js'
import { describeOrigin } from '../../data/state/origin.js'
import { formatCount, formatDuration, formatTime } from '../units.js'

/** One live instance as a row of the table; `behind` = a step would wait for it, or be refused because of it. */
export interface InstanceRow {
  readonly behind: boolean
  /** name, where it runs, build, transition, what it has acknowledged */
  readonly cells: readonly string[]
}

/** A time with its age: `2026-11-01 09:30:00Z, 4 min ago`. */
export function describeSince (since: string | null, now: Date): string {
  return since === null ? '' : `${formatTime(since)}, ${formatDuration(now.getTime() - Date.parse(since))} ago`
}

/** Rows still to be filled, where the phase has any. */
export function describePending ({ phase, pendingRows }: TransitionStatus): string {
  if (pendingRows !== null) return formatCount(pendingRows)
  return phase === null || phase === 'drop' ? '' : 'too many to count now'
}

/** How far a backfill has come, or how long it took. */
export function describeBackfill (backfill: BackfillStatus | null): string {
  if (backfill === null) return ''
  const { startedAt, finishedAt, filledRows, estimatedRows, percent, rowsPerSecond, etaMs, held } = backfill
  if (finishedAt !== null) return `done: ${formatCount(filledRows)} rows in ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`
  const eta = etaMs === null ? '' : `, ${formatDuration(etaMs)} left`
  return `${Math.floor(percent)}% of ${formatCount(estimatedRows)}, ${formatCount(rowsPerSecond)} rows/s${eta}${held === null ? '' : `; waits: ${held.reason}`}`
}

/** Who fills rows, each with its place, its range and its age, as cells of a table. */
export function describeWorkers ({ transition, backfill }: TransitionStatus, now: Date): string[][] {
  return (backfill?.workers ?? []).map(({ worker, host, pid, range, filledRows, lastSign }) =>
    [worker, host === null || pid === null ? '' : `${host}:${pid}`, transition, describeRange(range), formatCount(filledRows), describeSince(lastSign, now)])
}

function describeRange ({ after, upTo }: WorkerStatus['range']): string {
  return `${after === null ? '' : `after ${after.join(', ')}, `}up to ${upTo.join(', ')}`
}

/** Who holds the transition now, as no line or one. */
export function describeOperator ({ transition, operator }: TransitionStatus, now: Date): string[] {
  return operator === null ? [] : [`${transition}: ${operator.by} is at work on it since ${describeSince(operator.since, now)}`]
}

/** Who has paused the transition, as no line or one. */
export function describePause ({ transition, paused }: TransitionStatus, now: Date): string[] {
  return paused === null ? [] : [`${transition}: paused by ${paused.by} since ${describeSince(paused.since, now)}; \`vintage resume ${transition}\` lets it go on`]
}

/** Where services that do not use knex read, as no line or one. */
export function describeReadView ({ transition, readView }: TransitionStatus): string[] {
  return readView === null ? [] : [`${transition}: ${readView} shows the head columns to whoever does not use knex`]
}

/** Rows that could not be converted, as no line or one. */
export function describeSetAside ({ transition, setAsideRows }: TransitionStatus): string[] {
  if (setAsideRows === 0 || setAsideRows === null) return []
  return [`${transition}: ${formatCount(setAsideRows)} rows are set aside and keep \`read-new\` from being entered; \`vintage set-aside list ${transition}\` names them`]
}

/** Who still writes the old side, as no line or one. */
export function describeStrayWriters ({ transition, strayWriters }: TransitionStatus, now: Date): string[] {
  if (strayWriters.length === 0) return []
  const writers = strayWriters.map(({ application, role, lastAt }) => `${application === '' ? 'no application_name' : application} as ${role}, ${describeSince(lastAt, now)}`)
  return [`${transition}: the old side was written within the last day by ${writers.join('; ')}`]
}

/** How the answers compare with those of `read-new`, as no line or one. */
export function describeShadowReads ({ transition, shadowReads: { compared, different, last } }: TransitionStatus, now: Date): string[] {
  if (compared === 0) return []
  if (last === null) return [`${transition}: ${formatCount(compared)} shadow reads, none of which differed`]
  return [`${transition}: ${formatCount(different)} of ${formatCount(compared)} shadow reads DIFFERED, the last of ${last.instance}, ${describeSince(last.at, now)}: ${last.statement}`]
}

/** The live instances, in the order of their names. */
export function describeInstances ({ transition, epoch, instances }: TransitionStatus, now: Date): InstanceRow[] {
  return instances
    .filter(({ live }) => live)
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map((instance) => ({
      behind: !instance.knows || instance.lag !== 0,
      cells: [instance.name, `${instance.host}:${instance.pid}${instance.replica ? ', on a replica' : ''}`, instance.build ?? '', transition, describeAcknowledged(instance, epoch, now)]
    }))
}

function describeAcknowledged ({ knows, acknowledged, lag }: InstanceStatus, epoch: number | null, now: Date): string {
  if (!knows) return 'its build does not know this transition'
  if (epoch === null) return ''
  if (acknowledged === null) return 'nothing yet'
  const behind = lag === null || lag === 0 ? '' : `, ${lag} behind`
  return `${acknowledged.phase} (epoch ${acknowledged.epoch}${behind}), ${describeSince(acknowledged.at, now)}`
}

/** That the database is a copy which nobody has adopted, as no line or one. */
export function describeCopy (copyOf: Status['copyOf']): string[] {
  return copyOf === null ? [] : [`this database is a copy of ${describeOrigin(copyOf)}: \`vintage adopt\` takes it over, and nothing moves before`]
}
