import t from 'tap'
import { comparisonOf, interleave, noisyIn, pair } from '../../benchmark/data/interleave.js'
import { judgeComparison, judgedSample, judgeMeasurement } from '../../benchmark/data/judge.js'
import { formatDataResults, mergeDataResults, parseDataResults, type DataMeasurement, type DataResults } from '../../benchmark/data/results.js'
import { formatDataTables, formatRows, verdictOfData } from '../../benchmark/data/table.js'

const runs = (subject: number, again: readonly number[] = [100]) => Array.from({ length: 8 }, (_, index) => ({ subject, counterpart: 100, again: again[index % again.length] ?? 100 }))
const measurement: DataMeasurement = { name: 'longest wait', unit: 'ms', goal: { atMost: 500 }, judged: 'largest', samples: [3, 400, 7], notes: ['of 3 queries'] }
const results: DataResults = {
  name: 'data',
  date: '2026-11-01',
  node: 'v20.20.0',
  processor: '2 × some processor',
  server: 'Postgres 18.4',
  comparisons: [comparisonOf('count', 'a plain table', 'ms', { atLeast: 0.85 }, runs(110), ['Aggregate > Index Scan'])],
  measurements: [measurement]
}

t.test('results of bench:data survive their file', async (t) => {
  t.same(parseDataResults(formatDataResults(results)), results)
  for (const text of ['[]', '{"run":{},"comparisons":[7],"measurements":[]}', '{"run":{},"comparisons":[],"measurements":[7]}', '{"run":{},"comparisons":[{"runs":[7]}],"measurements":[]}']) {
    t.throws(() => parseDataResults(text), TypeError, text)
  }
})

t.test('groups that are measured again take the place of what they measured before', async (t) => {
  const range = comparisonOf('range', 'a plain table', 'ms', null, runs(1))
  const again: DataResults = { ...results, date: '2026-11-02', server: 'Postgres 18.5', comparisons: [comparisonOf('count', 'a plain table', 'ms', null, runs(2))], measurements: [] }
  const at = { date: '2026-11-01', node: 'v20.20.0', processor: '2 × some processor', server: 'Postgres 18.4' }
  const merged = mergeDataResults({ ...results, comparisons: [...results.comparisons, range] }, again)
  t.strictSame(merged, { ...again, comparisons: [...again.comparisons, { ...range, measured: at }], measurements: [{ ...measurement, measured: at }] }, 'what was not says when it was')
  t.strictSame(parseDataResults(formatDataResults(merged)), merged)
  t.strictSame(mergeDataResults(merged, { ...again, date: '2026-11-03', comparisons: [] }).comparisons.map(({ measured }) => measured?.date), ['2026-11-02', '2026-11-01'])
  t.strictSame(mergeDataResults({ ...results, comparisons: [range] }, { ...again, ...at }).comparisons[0], range, 'a run of the same day goes on')
  t.match(formatDataTables(merged), '| of 3 queries; measured on 2026-11-01, Node 20.20.0, 2 × some processor, Postgres 18.4 |')
  t.same(mergeDataResults(null, results), results)
})

t.test('the table has what each took, the ratio, A against A, the verdict, and what was seen beside', async (t) => {
  const text = formatDataTables(results)
  t.match(text, '| count | a plain table | 110 ms | 100 ms | 0.909 (0.909–0.909) | 1.000 (1.000–1.000) | ≥ 0.85 | met | Aggregate > Index Scan |')
  t.match(text, '| longest wait | 400 ms | ≤ 500 ms | met | of 3 queries |')
  t.match(formatRows(results), 'count | a plain table | 110 ms')
  t.equal(verdictOfData(results), 'met')
  t.equal(verdictOfData({ ...results, measurements: [{ ...measurement, samples: [501] }] }), 'missed')
})

t.test('a noisy comparison says something only where the noise could not have done it', async (t) => {
  const verdict = (subject: number, goal: { atLeast: number } | { atMost: number } | null, again = [80, 100, 125]) => judgeComparison({ runs: runs(subject, again), goal }).verdict
  t.equal(verdict(110, { atLeast: 0.85 }), 'inconclusive')
  t.equal(verdict(110, { atLeast: 0.7 }), 'met')
  t.equal(verdict(200, { atLeast: 0.7 }), 'missed')
  t.equal(verdict(110, { atMost: 1.35 }), 'inconclusive')
  t.equal(verdict(110, { atMost: 1.4 }), 'met')
  t.equal(verdict(200, { atMost: 1.35 }), 'missed')
  t.equal(verdict(110, null), 'for comparison')
  t.equal(verdict(110, { atLeast: 0.85 }, [100]), 'met')
})

t.test('a measurement is judged by its median, its largest or its smallest sample', async (t) => {
  t.equal(judgedSample(measurement), 400)
  t.equal(judgedSample({ ...measurement, judged: 'median' }), 7)
  t.equal(judgedSample({ ...measurement, judged: 'smallest' }), 3)
  t.equal(judgeMeasurement({ ...measurement, goal: { atLeast: 500 } }), 'missed')
  t.equal(judgeMeasurement({ ...measurement, goal: null }), 'for comparison')
})

t.test('contestants take turns, who goes first goes round, and who comes after whom changes; noise lets them go on for longer', async (t) => {
  const order: string[] = []
  const contestant = (name: string, cost: number) => async () => {
    order.push(name)
    return { ms: cost }
  }
  const contestants = { subject: contestant('s', 2), plain: contestant('p', 1), again: contestant('a', 1.5) }
  const done = await interleave(contestants, { runs: 3, mostRuns: 5 }, noisyIn(['ms'], 'plain', 'again'))
  t.equal(order.join(''), 'spapasasp'.concat('apspsa'))
  t.same(pair(done, 'ms', 'subject', 'plain', 'again')[4], { subject: 2, counterpart: 1, again: 1.5 })
  t.equal((await interleave(contestants, { runs: 2, mostRuns: 5 })).length, 2)
  t.equal((await interleave(contestants, { runs: 2, mostRuns: 5, until: 0 }, () => true)).length, 2, 'when the time is over there are no more than there must be')
  t.throws(() => pair(done, 'bytes', 'subject', 'plain', 'again'), TypeError)
})
