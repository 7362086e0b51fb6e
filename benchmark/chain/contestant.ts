import type { Contestant } from '../harness/block.js'
import { startCase, STEADY } from '../harness/case-process.js'
import { CASE_PROCESSOR } from '../harness/pin.js'
import { isRecord } from '../../src/versioning/json-schema.js'

const CASE = new URL('./case.ts', import.meta.url)

/** A slice is as many operations as take about this long. */
const SLICE_MS = 6
const CALIBRATION_MS = 250

/** Starts a process that does one operation again and again, and finds out how many make a slice. */
export async function startOperation (args: readonly string[]): Promise<Contestant> {
  const process = await startCase(CASE, args, STEADY, CASE_PROCESSOR)
  const run = async (count: number) => {
    const answer = await process.ask('run', count)
    if (!isRecord(answer)) throw new TypeError('a case gives no times')
    return { cpuMicros: Number(answer.cpuMicros), wallMs: Number(answer.wallMs) }
  }
  const count = await calibrate(run)
  return {
    output: async () => String(await process.ask('output')),
    async runSlice () {
      const { cpuMicros, wallMs } = await run(count)
      return { operations: count, cpuMicros, wallMs, latenciesMs: null }
    },
    close: () => process.close()
  }
}

/** Warms up as well: the last of its runs takes as long as several slices. */
async function calibrate (run: (count: number) => Promise<{ cpuMicros: number }>): Promise<number> {
  let count = 100
  for (;;) {
    const { cpuMicros } = await run(count)
    if (cpuMicros >= CALIBRATION_MS * 1000) return Math.max(1, Math.round(count * SLICE_MS * 1000 / cpuMicros))
    count *= 2
  }
}
