import t from 'tap'
import { describeProblem } from '../../../src/cli/check/problem.js'

const violation = { kind: 'law', file: '2026-11-01/full-name.ts', version: '2026-11-01', change: '`a` is now `b`', law: 'PutGet', message: 'a came back as b' } as const

t.test('a law is told with its file, change, value and version', async (t) => {
  t.equal(describeProblem({ ...violation, value: { a: 1 } }), [
    '2026-11-01/full-name.ts: `a` is now `b`',
    '  law:     PutGet',
    '  value:   {"a":1}',
    '  version: 2026-11-01',
    '  a came back as b'
  ].join('\n'))
})

t.test('a value that JSON does not have is told too', async (t) => {
  t.match(describeProblem({ ...violation, value: undefined }), / {2}value: {3}undefined\n/)
})
