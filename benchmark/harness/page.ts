import { readFile, writeFile } from 'node:fs/promises'
import { parseDataResults, type DataResults } from '../data/results.js'
import { formatDataTables } from '../data/table.js'
import { parseResults, type Results } from './results.js'
import { formatTables } from './table.js'

/** The benchmarks in the order of the page. */
export const BENCHMARKS = ['chain', 'http', 'startup'] as const

export type BenchmarkName = typeof BENCHMARKS[number]

const TITLES: Readonly<Record<BenchmarkName, string>> = {
  chain: `## The chain

\`npm run bench:chain\`. One operation is a list of 20 rows that is downgraded and serialised, or one body that is upgraded. The
counterpart is an object literal in a \`for\` loop, written by hand for that version, with the same serialiser and the same
functions; its bytes are the same.`,
  http: `## Over HTTP

\`npm run bench:http\`. One operation is one request of ten connections that stay open; the load comes from another process on another processor. The server has met clients of all 101 versions before. Head clients are compared with the same server without the plugin,
older ones with a server whose routes, schemas and mappings are written by hand for that version alone; its bytes are the same.`,
  startup: `## Start and memory

\`npm run bench:startup\`. 200 routes, 30 versions with three changes each, 60 schemas three levels deep; the changes reach 60 % of the routes. The counterpart is
bare Fastify with the same 200 routes. Each slice is a process of its own, from its first route until \`ready\`.`
}

const INTRODUCTION = `# Performance

<!-- written by \`npm run bench:chain\`, \`bench:http\`, \`bench:startup\` and \`bench:data\` from benchmark/results/*.json; edits are lost -->

Each case and its counterpart run side by side, each in a process of its own, on one processor, in at least 30 pairs of blocks. A block is
made of slices of a few milliseconds in which the processes take turns, so that what slows the machine down for a moment slows down
both. After so many blocks new processes go on: that is a round. Judged is the CPU time of the process (user and system) for one operation. The ratio is the counterpart's CPU time over that of
the case: 1 is as fast, 0.5 is half as fast; where the goal is "at most" (≤) it is the other way round. Behind it stands the
95 % bootstrap interval of its median, which draws whole rounds. A/A is a second process of the counterpart, compared with the first: were it not noisy it
would be 1. A goal is met when the near end of the interval reaches it, less half of the width of A/A's. A run in which A/A is
further from 1 than 3 % goes on for longer, then says "inconclusive", and ends with exit code 3.
Operations a second and the 99th percentile of the latency, where there is one, are the case's / the counterpart's.

`

const DATA_TITLE = `## Columns that move

\`npm run bench:data\`. A Postgres of its own on a disk, fsync and autovacuum on; \`customers\` has 12 columns of about 300 bytes and three
secondary indexes, and two of its columns become one that has an index (the transition of the docs). Each contestant has a copy
of the database, and they take turns, seven times at least. \`took\` is time, measured at the client, of one statement or of what the case names; the ratio is
read as above, and so is A/A: the counterpart on one more copy. What reaches a disk is never as even as CPU time: where A/A is noisier
than 3 %, a goal counts as met or missed only when it is so whichever way that noise is held against the case.`

/** The page docs/reference/performance.md, made from results; null: not measured. */
export function performancePage (results: ReadonlyMap<BenchmarkName, Results>, data: DataResults | null): string {
  const sections = BENCHMARKS.map((name) => {
    const result = results.get(name)
    return `${TITLES[name]}\n\n${result === undefined ? 'Not measured yet.\n' : formatTables(result)}`
  })
  return `${INTRODUCTION}${sections.join('\n')}\n${DATA_TITLE}\n\n${data === null ? 'Not measured yet.\n' : formatDataTables(data)}`
}

/** Where the results of `bench:data` are kept. */
export const DATA_RESULTS_URL = new URL('../results/data.json', import.meta.url)

/** Reads the results of `bench:data`; null when there are none. */
export async function readDataResults (): Promise<DataResults | null> {
  const text = await readFile(DATA_RESULTS_URL, 'utf8').catch(() => null)
  return text === null ? null : parseDataResults(text)
}

/** Where the results of a benchmark are kept. */
export function resultsUrl (name: BenchmarkName): URL {
  return new URL(`../results/${name}.json`, import.meta.url)
}

/** The page as it lies in docs. */
export const PAGE_URL = new URL('../../docs/reference/performance.md', import.meta.url)

/** Reads all results that there are. */
export async function readResults (): Promise<Map<BenchmarkName, Results>> {
  const results = new Map<BenchmarkName, Results>()
  for (const name of BENCHMARKS) {
    const text = await readFile(resultsUrl(name), 'utf8').catch(() => null)
    if (text !== null) results.set(name, parseResults(text))
  }
  return results
}

/** Writes the page anew. */
export async function writePage (): Promise<void> {
  await writeFile(PAGE_URL, performancePage(await readResults(), await readDataResults()))
}
