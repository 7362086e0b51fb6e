import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { compare, type Comparison, type Effort } from './compare.js'
import { resultsUrl, writePage, type BenchmarkName } from './page.js'
import { describeRun, formatResults, type ComparisonResult, type Measurement, type Results } from './results.js'
import { formatTables, verdictOf } from './table.js'

/** One benchmark: its comparisons, and what it measures beside. */
export interface Benchmark {
  readonly name: BenchmarkName
  readonly comparisons: readonly Comparison[]
  readonly measurements?: ReadonlyArray<{ readonly name: string, measure (): Promise<Measurement[]> }>
  readonly effort: Effort
}

const QUICK = { blocks: 6, mostBlocks: 6, blocksPerRound: 6, warmUpBlocks: 1 }

const EXIT_CODES = { met: 0, missed: 1, inconclusive: 3 } as const

/**
 * Runs a benchmark as a program. `--only <text>` takes the cases whose name holds the text, `--quick` six blocks each; both only print.
 * Sets the exit code: 0 all goals met, 1 one missed, 3 inconclusive.
 */
export async function runBenchmark ({ name, comparisons, measurements = [], effort }: Benchmark): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
  const isWanted = (part: { readonly name: string }) => values.only === undefined || part.name.includes(values.only)
  const compared: ComparisonResult[] = []
  for (const comparison of comparisons.filter(isWanted)) {
    const blocks = await withProgress(comparison.name, () => compare(comparison, values.quick ? { ...effort, ...QUICK } : effort))
    compared.push({ name: comparison.name, against: comparison.against, goal: comparison.goal, blocks })
  }
  const measured: Measurement[] = []
  for (const measurement of measurements.filter(isWanted)) {
    measured.push(...await withProgress(measurement.name, () => measurement.measure()))
  }
  const results: Results = { ...describeRun(name), comparisons: compared, measurements: measured }
  console.log(`\n${formatTables(results)}`)
  if (values.only === undefined && !values.quick) {
    await mkdir(new URL('.', resultsUrl(name)), { recursive: true })
    await writeFile(resultsUrl(name), formatResults(results))
    await writePage()
  }
  const verdict = verdictOf(results)
  console.log(verdict)
  process.exitCode = EXIT_CODES[verdict]
}

async function withProgress<Result> (name: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  console.log(`${name} …`)
  const result = await work()
  console.log(`  ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}
