import type { Blocker, OperatorEvent } from '../../data/events.js'
import { formatCount, formatDuration, formatTime } from '../units.js'

type EventOf<Type extends OperatorEvent['type']> = Extract<OperatorEvent, { type: Type }>

/**
 * One event as a line for a person.
 * @param now what a deadline is counted from
 */
export function describeEvent (event: OperatorEvent, now: Date): string {
  switch (event.type) {
    case 'migration': return `migration ${event.migration} has run`
    case 'phase': return describePhase(event)
    case 'waiting': return describeWaiting(event, now)
    case 'former-work': return `${event.transition}: ${event.ending ? 'ending' : 'waiting for the end of'} what an operator of before has left running${describeBlockers([event.blocker])}`
    case 'lock-retry': return describeLockRetry(event)
    case 'blocker-ended': return `${event.transition}: ${event.how} who stood in the way at ${event.table}: ${describeBlocker(event.blocker)}`
    case 'backfill': return `${event.transition}: backfill ${describeProgress(event)}`
    case 'backfill-retry': return `${event.transition}: a batch of ${formatCount(event.batchRows)} rows failed (${event.reason}); attempt ${event.attempt} of ${event.attempts} again in ${formatDuration(event.delayMs)}, smaller`
    case 'backfill-held': return `${event.transition}: backfill ${event.reason === null ? 'goes on' : `waits: ${event.reason}`}`
    case 'set-aside': return `${event.transition}: ${formatCount(event.rows)} rows are set aside, since they could not be converted; \`vintage set-aside list ${event.transition}\` names them`
    case 'verify': return `${event.transition}: verification ${describeProgress(event)}${describeFindings(event)}`
    case 'shadow-reads': return `${event.transition}: ${formatCount(event.different)} of ${formatCount(event.compared)} shadow reads have differed, the last ${formatTime(event.lastAt.toISOString())}, and every row has been verified since: ${event.statement}`
    case 'index': return `${event.transition}: index ${event.index}: ${event.state}`
    case 'constraint': return `${event.transition}: ${event.constraint}: ${event.state}`
    case 'triggers': return `${event.transition}: fire for each row that is filled: ${event.triggers.join(', ')}`
    case 'dependents': return `${event.transition}: ${event.dropped ? 'goes with the old columns' : 'still hangs on the old columns'}: ${event.objects.join(', ')}`
    case 'kept-marker': return `${event.table}: the left-over marker \`${event.marker}\` stays, since others have made what hangs on it: ${event.objects.join(', ')}`
  }
}

/** How far a long piece of work has come: `4,000 of 10,000 rows (40%), 2,000 rows/s, 3 s left`. */
export function describeProgress (progress: EventOf<'backfill' | 'verify'>): string {
  const { doneRows, totalRows, rowsPerSecond, etaMs, finished } = progress
  const rate = `${formatCount(rowsPerSecond)} rows/s`
  if (finished) return `done: ${formatCount(doneRows)} rows, ${rate}`
  const percent = totalRows === 0 ? 100 : Math.min(100, Math.floor(100 * doneRows / totalRows))
  return `${formatCount(doneRows)} of ${formatCount(totalRows)} rows (${percent}%), ${rate}${etaMs === null ? '' : `, ${formatDuration(etaMs)} left`}`
}

function describePhase ({ transition, from, phase, epoch, fresh }: EventOf<'phase'>): string {
  if (fresh) return `${transition}: ${phase}, all phases at once since the table is empty`
  return `${transition}: ${from === null ? phase : `${from} → ${phase}`} (epoch ${epoch})`
}

function describeWaiting (event: EventOf<'waiting'>, now: Date): string {
  const left = `for up to ${formatDuration(event.until.getTime() - now.getTime())}`
  if (event.for === 'migrate') return `migrate: waiting ${left} until another \`vintage migrate\` has ended: ${event.instances.join(', ')}`
  if (event.for === 'acknowledgements') return `${event.transition}: waiting ${left} until ${event.instances.join(', ')} has acknowledged the current phase`
  if (event.for === 'operator') return `${event.transition}: waiting ${left} whether ${event.instances.join(', ')}, who began a step, is still at it`
  return `${event.transition}: waiting ${left} for transactions that hold a lock on the table${describeBlockers(event.blockers)}`
}

function describeLockRetry (event: EventOf<'lock-retry'>): string {
  const next = `attempt ${event.attempt} of ${event.attempts} again in ${formatDuration(event.delayMs)}`
  return `${event.transition}: ${event.step} gave way (${event.reason}); ${next}${describeBlockers(event.blockers)}`
}

function describeFindings ({ pendingRows, mismatchedRows }: EventOf<'verify'>): string {
  const pending = pendingRows === 0 ? '' : `, ${formatCount(pendingRows)} still to be filled`
  return `${pending}${mismatchedRows === 0 ? '' : `, ${formatCount(mismatchedRows)} OUT OF SYNC`}`
}

function describeBlockers (blockers: readonly Blocker[]): string {
  return blockers.map((blocker) => `\n  blocked by ${describeBlocker(blocker)}`).join('')
}

function describeBlocker ({ pid, ageMs, query, application, lock }: Blocker): string {
  const who = pid === null ? 'a prepared transaction' : `pid ${pid}`
  const name = application === null || application === '' ? '' : ` (${application})`
  const age = ageMs === null ? '' : `, open for ${formatDuration(ageMs)}`
  const statement = query === null || query === '' ? '' : `: ${query.replace(/\s+/g, ' ')}`
  return `${who}${name}, ${lock}${age}${statement}`
}
