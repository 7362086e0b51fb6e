import { endWithNpm } from './end-with-npm.js'
import { SetupError } from './postgres/setup-error.js'
import { runTap } from './testing/run-tap.js'
import { startPgBouncer } from './testing/start-pgbouncer.js'
import { startTestServer } from './testing/test-server.js'

// Runs what is to work through PgBouncer in transaction mode, which npm does not bring.
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => { interruption.abort() })
endWithNpm()

async function main (): Promise<number> {
  const server = await startTestServer()
  try {
    const bouncer = await startPgBouncer(server.url)
    try {
      process.env.VINTAGE_TEST_PGBOUNCER = bouncer.url
      const { passed, failed } = await runTap({ postgresUrl: server.url, files: ['test/pgbouncer/transaction-mode.ts'], signal: interruption.signal })
      console.log(`${passed} passed, ${failed} failed`)
      return interruption.signal.aborted ? 130 : failed === 0 && passed > 0 ? 0 : 1
    } finally {
      await bouncer.stop()
    }
  } finally {
    await server.stop()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof SetupError ? `fastify-vintage: ${error.message}` : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}
