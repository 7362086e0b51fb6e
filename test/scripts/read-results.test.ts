import t from 'tap'
import { readResults } from '../../scripts/testing/read-results.js'

t.test('every assertion counts once, whatever its depth; skipped ones do not count', async (t) => {
  const { passed, failed, failures } = readResults(`TAP version 14
# Subtest: a.test.ts
    # Subtest: outer
        ok 1 - one
        # Subtest: inner
            ok 1 - two
            not ok 2 - three
              ---
              diff: "- 1"
              at:
                fileName: a.test.ts
                lineNumber: 3
              ...
            1..2
        not ok 2 - inner
        1..2
    not ok 1 - outer
    ok 2 - later # SKIP
    1..2
not ok 1 - a.test.ts
# Subtest: b.test.ts
    ok 1 - four
    1..1
ok 2 - b.test.ts
1..2
`)
  t.equal(passed, 3)
  t.equal(failed, 1)
  t.match(failures, [{ name: /three/, details: /diff.*\n.*at: a\.test\.ts:3/ }])
})

t.test('a test file that crashed counts as a failure', async (t) => {
  t.match(readResults('TAP version 14\nnot ok 1 - a.test.ts\n  ---\n  exitCode: 7\n  ...\n1..1\n'), { passed: 0, failed: 1, failures: [{ details: /exitCode: 7/ }] })
})
