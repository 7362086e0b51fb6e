import { readFileSync } from 'node:fs'
import t from 'tap'
import { DATA_RESULTS_URL, PAGE_URL, performancePage, readDataResults, readResults, resultsUrl } from '../../benchmark/harness/page.js'
import { formatDataResults } from '../../benchmark/data/results.js'
import { costsOf, describeRun, formatResults, parseResults, type Results } from '../../benchmark/harness/results.js'
import { formatNumber, formatTables, verdictOf } from '../../benchmark/harness/table.js'

const block = (cpuMicros: number, p99Micros: number | null = null) => ({ cpuMicros, perSecond: 1e6 / cpuMicros, p99Micros })

const results: Results = {
  name: 'http',
  date: '2026-11-01',
  node: 'v20.20.0',
  processor: '2 × some processor',
  comparisons: [
    { name: 'a | b', against: 'by hand', goal: { atLeast: 0.95 }, blocks: Array.from({ length: 30 }, (_, round) => ({ round, subject: block(100, 2500), counterpart: block(90, 2000), again: block(90, 2000) })) },
    { name: 'c', against: 'by hand', goal: null, blocks: Array.from({ length: 30 }, (_, round) => ({ round, subject: block(1234.5), counterpart: block(90), again: block(90) })) }
  ],
  measurements: [{ name: 'growth', unit: 'KB', atMost: 1024, samples: [12, 13, 14] }]
}

t.test('the page of the numbers is made from the results in benchmark/results; `npm run bench:…` writes it', async (t) => {
  const [kept, data] = [await readResults(), await readDataResults()]
  t.equal(readFileSync(PAGE_URL, 'utf8'), performancePage(kept, data))
  if (data !== null) t.equal(formatDataResults(data), readFileSync(DATA_RESULTS_URL, 'utf8'), 'data.json is written by the benchmark')
  for (const name of kept.keys()) t.equal(formatResults(parseResults(readFileSync(resultsUrl(name), 'utf8'))), readFileSync(resultsUrl(name), 'utf8'), `${name}.json is written by the harness`)
})

t.test('each comparison that has a goal has at least 30 pairs of blocks', async (t) => {
  for (const { comparisons } of (await readResults()).values()) {
    for (const { name, goal, blocks } of comparisons) if (goal !== null) t.ok(blocks.length >= 30, name)
  }
})

t.test('each comparison of bench:data has at least 7 runs, and each entry a name of its own', async (t) => {
  const { comparisons = [], measurements = [] } = await readDataResults() ?? {}
  for (const { name, runs } of comparisons) t.ok(runs.length >= 7, name)
  const names = [...comparisons, ...measurements].map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
})

t.test('a benchmark without results says so', async (t) => {
  t.match(performancePage(new Map([['http', results]]), null), /## The chain\n\n[^#]*Not measured yet\.\n\n## Over HTTP\n\n[^#]*\| case \|/)
})

t.test('results survive their file', async (t) => {
  t.same(parseResults(formatResults(results)), { ...results, comparisons: results.comparisons.map((one) => ({ ...one, blocks: parseResults(formatResults(results)).comparisons.find(({ name }) => name === one.name)?.blocks })) })
  t.same(costsOf(results.comparisons[0]?.blocks.slice(0, 1) ?? []), [{ round: 0, subject: 100, counterpart: 90, again: 90 }])
  for (const text of ['[]', '{"run":{},"comparisons":[7],"measurements":[]}', '{"run":{},"comparisons":[],"measurements":[7]}', '{"run":{},"comparisons":[{"blocks":[7]}],"measurements":[]}', '{"run":{},"comparisons":[{"blocks":[{}]}],"measurements":[]}']) {
    t.throws(() => parseResults(text), TypeError, text)
  }
  t.match(describeRun('chain'), { name: 'chain', node: process.version })
})

t.test('the table says what was measured, against what, and whether it is enough', async (t) => {
  const text = formatTables(results)
  t.match(text, '| a \\| b | by hand | 100 | 90.0 | 0.900 (0.900–0.900) | 1.000 (1.000–1.000) | 10 000 / 11 111 | 2.50 / 2.00 | ≥ 0.95 | **missed** |')
  t.match(text, '| c | by hand | 1 235 | 90.0 | 0.073 (0.073–0.073) | 1.000 (1.000–1.000) | 810 / 11 111 |  |  | for comparison |')
  t.match(text, '| growth | 13.0 KB | 1 024 KB | met |')
})

t.test('a run is as good as its worst goal', async (t) => {
  t.equal(verdictOf(results), 'missed')
  t.equal(verdictOf({ ...results, comparisons: [] }), 'met')
  t.equal(verdictOf({ ...results, comparisons: [], measurements: [{ name: 'x', unit: 's', atMost: 1, samples: [2] }] }), 'missed')
  const noisy = { name: 'x', against: 'y', goal: { atLeast: 0.5 }, blocks: Array.from({ length: 30 }, (_, round) => ({ round, subject: block(1), counterpart: block(1), again: block(1.1) })) }
  t.equal(verdictOf({ ...results, comparisons: [noisy] }), 'inconclusive')
})

t.test('numbers keep three digits', async (t) => {
  t.same([0, 0.04567, 4.567, 45.67, 456.7, 4567.8, 1234567].map(formatNumber), ['0', '0.0457', '4.57', '45.7', '457', '4 568', '1 234 567'])
})
