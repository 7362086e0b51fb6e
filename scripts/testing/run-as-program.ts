import { endWithNpm } from '../end-with-npm.js'
import { SetupError } from '../postgres/setup-error.js'
import type { Counts } from './read-results.js'

/**
 * Runs tests as a program: they end with npm and with a signal, the last line says `N passed, N failed`, and the exit
 * code is 0 only when something has passed and nothing failed.
 *
 * @param work is aborted by SIGINT, SIGTERM and SIGHUP; counts of its parts are added up
 */
export async function runAsProgram (work: (signal: AbortSignal) => Promise<readonly Counts[]>): Promise<void> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => { interruption.abort() })
  endWithNpm()
  try {
    const counts = await work(interruption.signal)
    const passed = counts.reduce((sum, part) => sum + part.passed, 0)
    const failed = counts.reduce((sum, part) => sum + part.failed, 0)
    console.log(`${passed} passed, ${failed} failed`)
    process.exitCode = interruption.signal.aborted ? 130 : failed === 0 && passed > 0 ? 0 : 1
  } catch (error) {
    console.error(error instanceof SetupError ? `fastify-vintage: ${error.message}` : error)
    console.log('0 passed, 1 failed')
    process.exitCode = 1
  }
}
