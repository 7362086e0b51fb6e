import t from 'tap'
import { createOutput } from '../../../src/cli/output.js'
import { createReporter } from '../../../src/cli/progress/reporter.js'
import type { OperatorEvent } from '../../../src/data/events.js'
import { createTestIo } from '../run-cli.js'

const transition = 'users.full_name'
const progress = { transition, totalRows: 100, rowsPerSecond: 10, etaMs: 9_000 }
const events: OperatorEvent[] = [
  { type: 'phase', transition, from: 'dual-write', phase: 'backfill', epoch: 3, fresh: false },
  { type: 'backfill', ...progress, doneRows: 10, batchRows: 10, finished: false },
  { type: 'backfill', ...progress, doneRows: 120, batchRows: 10, finished: false },
  { type: 'verify', ...progress, doneRows: 50, pendingRows: 0, mismatchedRows: 0, finished: false },
  { type: 'verify', ...progress, doneRows: 100, pendingRows: 0, mismatchedRows: 0, finished: true }
]

t.test('at a terminal progress is a bar, and its end a line', async (t) => {
  const { io, written } = createTestIo({ cwd: '.', typed: '' })
  const reporter = createReporter(io, createOutput(io, false))
  for (const event of events) reporter.report(event)
  reporter.close()
  const { stdout, stderr } = written()
  t.equal(stdout, '')
  t.match(stderr, /backfill \(epoch 3\)\n/)
  t.match(stderr, /users\.full_name backfill \[[=-]{24}\] 10 of 100 rows \(10%\), 10 rows\/s, 9 s left/)
  t.match(stderr, /users\.full_name verification \[/)
  t.match(stderr, /users\.full_name: verification done: 100 rows, 10 rows\/s\n$/)
  t.ok(stderr.includes('\u001B[?25h'), 'the cursor is shown again')
})

t.test('a bar that is still drawn is left when the work ends early', async (t) => {
  const { io, written } = createTestIo({ cwd: '.', typed: '' })
  const reporter = createReporter(io, createOutput(io, false))
  for (const event of events.slice(0, 2)) reporter.report(event)
  t.notOk(written().stderr.includes('\u001B[?25h'))
  reporter.close()
  t.ok(written().stderr.includes('\u001B[?25h'))
})

t.test('without a terminal, and with --json, all of it is lines on stderr', async (t) => {
  for (const [setting, json] of [[{ cwd: '.' }, false], [{ cwd: '.', typed: '' }, true]] as const) {
    const { io, written } = createTestIo(setting)
    const reporter = createReporter(io, createOutput(io, json))
    for (const event of events) reporter.report(event)
    reporter.close()
    t.equal(written().stdout, '')
    t.match(written().stderr.trimEnd().split('\n'), [/backfill \(epoch 3\)/, /backfill 10 of 100/, /verification 50 of 100/, /verification done/])
  }
})
