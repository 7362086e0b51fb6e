import type { OperatorEvent, Report } from '../../data/events.js'
import type { Io } from '../io.js'
import type { Output } from '../output.js'
import { createBar } from './bar.js'
import { createLines } from './lines.js'

/** Shows the events of an operator while it works. */
export interface Reporter {
  readonly report: Report
  /** Takes a bar away that is still drawn. */
  close (): void
}

/** Bars at a terminal, lines elsewhere; both on stderr. */
export function createReporter (io: Io, output: Output): Reporter {
  const lines = createLines((line) => output.say(line))
  if (!io.isTTY || output.json) return { report: lines, close () {} }
  const bar = createBar(io.stderr)
  return {
    report (event: OperatorEvent) {
      if (bar.shows(event)) return
      bar.close()
      lines(event)
    },
    close: () => bar.close()
  }
}
