import { runAsProgram } from './testing/run-as-program.js'
import { runTap } from './testing/run-tap.js'
import { startPgBouncer } from './testing/start-pgbouncer.js'
import { startTestServer } from './testing/test-server.js'

// Runs what is to work through PgBouncer in transaction mode, which npm does not bring.
await runAsProgram(async (signal) => {
  const server = await startTestServer()
  try {
    const bouncer = await startPgBouncer(server.url)
    try {
      process.env.VINTAGE_TEST_PGBOUNCER = bouncer.url
      return [await runTap({ postgresUrl: server.url, files: ['test/pgbouncer/transaction-mode.ts'], signal })]
    } finally {
      await bouncer.stop()
    }
  } finally {
    await server.stop()
  }
})
