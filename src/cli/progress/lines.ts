import type { OperatorEvent, Report } from '../../data/events.js'
import { describeEvent } from './describe-event.js'

/** What goes on for long is told at most this often, without a terminal. */
const QUIET_MS = 5_000

/**
 * Tells events as lines: each of them once, and of those that come in rows (progress, waiting) one every five seconds
 * and the last.
 * @param now @default the clock
 */
export function createLines (say: (line: string) => void, now: () => Date = () => new Date()): Report {
  let quiet: { key: string, untilMs: number } | undefined
  return (event) => {
    const key = rowKeyOf(event)
    const time = now()
    if (key !== undefined && quiet?.key === key && time.getTime() < quiet.untilMs) return
    quiet = key === undefined ? undefined : { key, untilMs: time.getTime() + QUIET_MS }
    say(describeEvent(event, time))
  }
}

/** Equal for events that follow each other and differ only in how far things have come. */
function rowKeyOf (event: OperatorEvent): string | undefined {
  switch (event.type) {
    case 'backfill':
    case 'verify':
      return event.finished ? undefined : `${event.type} ${event.transition}`
    case 'waiting':
      return JSON.stringify([event.transition, event.for, event.instances, event.blockers.map(({ pid }) => pid)])
    default:
      return undefined
  }
}
