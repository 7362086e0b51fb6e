import type { Counts } from './read-results.js'
import { runTap } from './run-tap.js'
import { startTestServer } from './test-server.js'

/** Runs tests on a Postgres of their own, or on the one that VINTAGE_TEST_POSTGRES names; no files: all tests, with the coverage gate. */
export async function runOnServer (files: readonly string[], signal: AbortSignal): Promise<Counts> {
  const given = process.env.VINTAGE_TEST_POSTGRES
  if (given !== undefined) return await runTap({ postgresUrl: given, files, signal })
  const server = await startTestServer()
  try {
    return await runTap({ postgresUrl: server.url, files, signal })
  } finally {
    await server.stop()
  }
}
