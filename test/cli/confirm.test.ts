import t from 'tap'
import { confirm } from '../../src/cli/confirm.js'
import { createTestIo } from './run-cli.js'

t.test('`y` and `yes` in any case confirm, and the question goes to stderr', async (t) => {
  for (const typed of ['y\n', 'YES\n', ' yes \n']) {
    const { io, written } = createTestIo({ cwd: '.', typed })
    await confirm(io, 'The old columns are dropped.', false)
    t.match(written(), { stdout: '', stderr: /The old columns are dropped\. Go on\? \(y\/N\) / })
  }
})

t.test('any other answer, an empty line and the end of input are a no', async (t) => {
  for (const typed of ['n\n', '\n', 'yeah\n', '']) {
    const { io } = createTestIo({ cwd: '.', typed })
    await t.rejects(confirm(io, 'The old columns are dropped.', false), { code: 'FST_ERR_VINTAGE_CANCELLED' })
  }
})

t.test('with --yes nobody is asked', async (t) => {
  const { io, written } = createTestIo({ cwd: '.', typed: '' })
  await confirm(io, 'The old columns are dropped.', true)
  t.equal(written().stderr, '')
})

t.test('without a terminal --yes is asked for', async (t) => {
  const { io } = createTestIo({ cwd: '.' })
  await t.rejects(confirm(io, 'The old columns are dropped.', false), { code: 'FST_ERR_VINTAGE_USAGE', message: /give `--yes`/ })
})

t.test('Ctrl-C as a key at the question is no answer, but ends the command', async (t) => {
  const { io } = createTestIo({ cwd: '.', typed: '\x03' })
  await t.rejects(confirm(io, 'The old columns are dropped.', false), { code: 'FST_ERR_VINTAGE_ABORTED' })
})

t.test('Ctrl-C ends the question', async (t) => {
  const { io } = createTestIo({ cwd: '.', typed: '', signal: AbortSignal.abort() })
  await t.rejects(confirm(io, 'The old columns are dropped.', false), { name: 'AbortError' })
})
