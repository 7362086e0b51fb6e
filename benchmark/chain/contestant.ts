import type { Contestant } from '../harness/block.js'
import { startCase } from '../harness/case-process.js'
import { isRecord } from '../../src/versioning/json-schema.js'

const CASE = new URL('./case.ts', import.meta.url)

/** A block is as many operations as take about this long. */
const BLOCK_MS = 60
const CALIBRATION_MS = 250

// the threads that help the collector wait for each other, and their waiting would be counted
const ONE_THREAD = ['--single-threaded-gc']

/** Starts a process that does one operation again and again, and finds out how many make a block. */
export async function startOperation (args: readonly string[]): Promise<Contestant> {
  const process = await startCase(CASE, args, ONE_THREAD)
  const run = async (count: number) => {
    const answer = await process.ask('run', count)
    if (!isRecord(answer)) throw new TypeError('a case gives no times')
    return { cpuMicros: Number(answer.cpuMicros), wallMs: Number(answer.wallMs) }
  }
  const count = await calibrate(run)
  return {
    output: async () => String(await process.ask('output')),
    async runBlock () {
      const { cpuMicros, wallMs } = await run(count)
      return { cpuMicros: cpuMicros / count, perSecond: count / wallMs * 1000, p99Micros: null }
    },
    close: () => process.close()
  }
}

/** Warms up as well: the last of its runs takes as long as several blocks. */
async function calibrate (run: (count: number) => Promise<{ cpuMicros: number }>): Promise<number> {
  let count = 100
  for (;;) {
    const { cpuMicros } = await run(count)
    if (cpuMicros >= CALIBRATION_MS * 1000) return Math.max(1, Math.round(count * BLOCK_MS * 1000 / cpuMicros))
    count *= 2
  }
}
