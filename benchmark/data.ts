import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openGround } from './data/ground.js'
import { FULL, QUICK, type Group } from './data/group.js'
import { bulk } from './data/bulk.js'
import { verify } from './data/verify.js'
import { writes } from './data/writes.js'
import { backfill } from './data/backfill.js'
import { fleet } from './data/fleet.js'
import { latency } from './data/latency.js'
import { waiting } from './data/waiting.js'
import { hook } from './data/hook.js'
import { steadiness } from './data/steadiness.js'
import { reads } from './data/reads.js'
import { describeDataRun, formatDataResults, type DataComparison, type DataMeasurement, type DataResults } from './data/results.js'
import { startBenchServer } from './data/server.js'
import { formatDataTables, formatRows, verdictOfData } from './data/table.js'
import { DATA_RESULTS_URL, writePage } from './harness/page.js'

// `--only <text>` takes the groups whose name holds the text, `--quick` small tables and few runs; both only print

const GROUPS: readonly Group[] = [hook, reads, writes, bulk, backfill, steadiness, latency, fleet, waiting, verify]

const EXIT_CODES = { met: 0, missed: 1, inconclusive: 3 } as const

const { values: { only, quick } } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
const server = await startBenchServer()
const began = performance.now()
const comparisons: DataComparison[] = []
const measurements: DataMeasurement[] = []
try {
  const ground = openGround(server)
  for (const group of GROUPS.filter(({ name }) => only === undefined || name.includes(only))) {
    const groupBegan = performance.now()
    console.log(`${group.name} …`)
    const { comparisons: compared = [], measurements: measured = [] } = await group.run(ground, quick ? QUICK : FULL)
    console.log(formatRows({ comparisons: compared, measurements: measured }))
    console.log(`  ${seconds(groupBegan)} s, ${seconds(began)} s in all`)
    comparisons.push(...compared)
    measurements.push(...measured)
  }
} finally {
  await server.stop()
}

const results: DataResults = { ...describeDataRun(server.description), comparisons, measurements }
console.log(`\n${formatDataTables(results)}`)
if (only === undefined && !quick) {
  await mkdir(new URL('.', DATA_RESULTS_URL), { recursive: true })
  await writeFile(DATA_RESULTS_URL, formatDataResults(results))
  await writePage()
}
const verdict = verdictOfData(results)
console.log(verdict)
process.exitCode = EXIT_CODES[verdict]

function seconds (since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0)
}
