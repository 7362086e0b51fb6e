import type { Writable } from 'node:stream'
import { SingleBar } from 'cli-progress'
import type { OperatorEvent } from '../../data/events.js'
import { describeProgress } from './describe-event.js'

/** The one bar of a terminal: work on a table goes one piece after the other. */
export interface Bar {
  /** Draws an event that tells progress; false = it does not, and a line has to tell it. */
  shows (event: OperatorEvent): boolean
  /** Takes the bar away, so that a line can be written in its place. */
  close (): void
}

const TITLES = { backfill: 'backfill', verify: 'verification' } as const

export function createBar (stream: Writable): Bar {
  let drawn: { bar: SingleBar, title: string } | undefined
  const close = (): void => {
    drawn?.bar.stop()
    drawn = undefined
  }
  return {
    close,
    shows (event) {
      if (event.type !== 'backfill' && event.type !== 'verify') return false
      // a bar goes when it is done, the line is what stays
      if (event.finished) return false
      const title = `${event.transition} ${TITLES[event.type]}`
      const total = Math.max(event.totalRows, event.doneRows)
      const payload = { said: describeProgress(event) }
      if (drawn?.title === title) {
        drawn.bar.setTotal(total)
        drawn.bar.update(event.doneRows, payload)
      } else {
        close()
        drawn = { bar: createSingleBar(stream, title), title }
        drawn.bar.start(total, event.doneRows, payload)
      }
      return true
    }
  }
}

function createSingleBar (stream: Writable, title: string): SingleBar {
  return new SingleBar({
    stream,
    format: `${title} [{bar}] {said}`,
    barCompleteChar: '=',
    barIncompleteChar: '-',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // a listener of ours answers Ctrl-C
    gracefulExit: false
  })
}
