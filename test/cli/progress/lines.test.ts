import t from 'tap'
import { createLines } from '../../../src/cli/progress/lines.js'
import type { OperatorEvent } from '../../../src/data/events.js'

const transition = 'users.full_name'

function backfill (doneRows: number, finished = false): OperatorEvent {
  return { type: 'backfill', transition, doneRows, totalRows: 100, rowsPerSecond: 10, etaMs: null, batchRows: 10, finished }
}

function waiting (...instances: string[]): OperatorEvent {
  return { type: 'waiting', transition, for: 'acknowledgements', until: new Date(60_000), instances, blockers: [] }
}

/** Lines that come from events at given times, in ms. */
function linesOf (events: [atMs: number, event: OperatorEvent][]): string[] {
  const lines: string[] = []
  let nowMs = 0
  const report = createLines((line) => lines.push(line), () => new Date(nowMs))
  for (const [atMs, event] of events) {
    nowMs = atMs
    report(event)
  }
  return lines
}

t.test('progress is told every five seconds, and its end at once', async (t) => {
  const lines = linesOf([[0, backfill(10)], [1_000, backfill(20)], [4_999, backfill(60)], [5_000, backfill(61)], [5_100, backfill(100, true)]])
  t.match(lines, [/10 of 100/, /61 of 100/, /done: 100/])
  t.equal(lines.length, 3)
})

t.test('waiting for the same is told every five seconds, for somebody else at once', async (t) => {
  const lines = linesOf([[0, waiting('a', 'b')], [250, waiting('a', 'b')], [500, waiting('b')], [5_400, waiting('b')], [5_600, waiting('b')]])
  t.match(lines, [/until a, b has/, /until b has/, /until b has/])
  t.equal(lines.length, 3)
})

t.test('waiting for transactions tells a new blocker at once', async (t) => {
  const held = (pid: number): OperatorEvent => ({
    type: 'waiting', transition, for: 'transactions', until: new Date(60_000), instances: [], blockers: [{ pid, ageMs: 1, query: null, application: null, lock: 'RowShareLock' }]
  })
  t.equal(linesOf([[0, held(1)], [250, held(1)], [500, held(2)]]).length, 2)
})

t.test('all other events are told each', async (t) => {
  const migrated: OperatorEvent = { type: 'migration', migration: 'one' }
  t.equal(linesOf([[0, migrated], [1, migrated], [2, backfill(10)], [3, migrated], [4, backfill(11)]]).length, 5)
})

t.test('the clock is used when none is given', async (t) => {
  const lines: string[] = []
  const report = createLines((line) => lines.push(line))
  report(waiting('a'))
  report(waiting('a'))
  t.equal(lines.length, 1)
})
