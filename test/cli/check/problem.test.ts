import t from 'tap'
import { describeProblem } from '../../../src/cli/check/problem.js'
import { describeViolation } from '../../../src/versioning/violation.js'

const blame = { file: '2026-11-01/full-name.ts', version: '2026-11-01', change: '`a` is now `b`', schema: null, seed: 7 }

t.test('a law is told with its file, change, value, version and seed', async (t) => {
  t.equal(describeProblem({ kind: 'law', ...describeViolation(blame, { law: 'PutGet', value: { a: 1 }, problem: 'a came back as b' }) }), [
    '2026-11-01/full-name.ts: `a` is now `b`',
    '  version: 2026-11-01',
    '  law:     PutGet',
    '  value:   {"a":1}',
    '  a came back as b',
    '  seed:    7'
  ].join('\n'))
})

t.test('a value that JSON does not have is told too', async (t) => {
  t.match(describeProblem({ kind: 'law', ...describeViolation(blame, { law: 'PutGet', value: undefined, problem: '' }) }), / {2}value: {3}undefined\n/)
})

t.test('any other problem is told with its kind', async (t) => {
  t.equal(describeProblem({ kind: 'types', message: 'stale' }), 'types: stale')
})
