import type { Contestant } from '../harness/block.js'
import { startCase } from '../harness/case-process.js'
import { isRecord } from '../../src/versioning/json-schema.js'

/** The program that builds the large API. */
export const CASE = new URL('./case.ts', import.meta.url)

/** Each slice is a process that starts, measures how long it takes from its first route until it is ready, and ends. */
export async function startStarts (kind: 'plugin' | 'bare'): Promise<Contestant> {
  return {
    output: async () => '',
    async runSlice () {
      const process = await startCase(CASE, [kind])
      const start = await process.ask('start')
      await process.close()
      if (!isRecord(start)) throw new TypeError('a case does not say how long it took')
      return { operations: 1, cpuMicros: Number(start.cpuMicros), wallMs: Number(start.wallMs), latenciesMs: null }
    },
    close: async () => {}
  }
}
