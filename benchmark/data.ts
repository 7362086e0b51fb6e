import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { backfill } from './data/backfill.js'
import { bulk } from './data/bulk.js'
import { fleet } from './data/fleet.js'
import { openGround } from './data/ground.js'
import { FULL, QUICK, type Group, type Scale } from './data/group.js'
import { hook } from './data/hook.js'
import { latency } from './data/latency.js'
import { reads } from './data/reads.js'
import { describeDataRun, formatDataResults, mergeDataResults, type DataComparison, type DataMeasurement, type DataResults } from './data/results.js'
import { startBenchServer } from './data/server.js'
import { steadiness } from './data/steadiness.js'
import { formatDataTables, formatRows, verdictOfData } from './data/table.js'
import { verify } from './data/verify.js'
import { waiting } from './data/waiting.js'
import { writes } from './data/writes.js'
import { DATA_RESULTS_URL, readDataResults, writePage } from './harness/page.js'

// `--only <text>` takes the groups whose name holds the text, and leaves what the file has of the others, with its date;
// `--quick` is small tables and few runs, and only prints

const GROUPS: readonly Group[] = [hook, reads, writes, bulk, backfill, steadiness, latency, fleet, waiting, verify]

const EXIT_CODES = { met: 0, missed: 1, inconclusive: 3 } as const

// after this long nobody has more turns than there must be
const BUDGET_MS = 20 * 60_000

const { values: { only, quick } } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
const began = performance.now()
const scale: Scale = { ...quick ? QUICK : FULL, until: began + BUDGET_MS }
const comparisons: DataComparison[] = []
const measurements: DataMeasurement[] = []
const failures: unknown[] = []
const server = await startBenchServer()
try {
  const ground = openGround(server)
  for (const group of GROUPS.filter(({ name }) => only === undefined || name.includes(only))) {
    const groupBegan = performance.now()
    console.log(`${group.name} …`)
    try {
      const { comparisons: compared = [], measurements: measured = [] } = await group.run(ground, scale)
      console.log(formatRows({ comparisons: compared, measurements: measured }))
      comparisons.push(...compared)
      measurements.push(...measured)
    } catch (error) {
      // what the others measure is worth as much
      console.error(error)
      failures.push(error)
    }
    console.log(`  ${seconds(groupBegan)} s, ${seconds(began)} s in all`)
  }
} finally {
  await server.stop()
}

const results: DataResults = { ...describeDataRun(server.description), comparisons, measurements }
console.log(`\n${formatDataTables(results)}`)
if (!quick) {
  await mkdir(new URL('.', DATA_RESULTS_URL), { recursive: true })
  // a whole run replaces all, also what bears another name now
  const isWhole = only === undefined && failures.length === 0
  await writeFile(DATA_RESULTS_URL, formatDataResults(isWhole ? results : mergeDataResults(await readDataResults(), results)))
  await writePage()
}
const verdict = failures.length > 0 ? 'missed' : verdictOfData(results)
console.log(failures.length > 0 ? `${failures.length} groups have failed` : verdict)
process.exitCode = EXIT_CODES[verdict]

function seconds (since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0)
}
