import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findLeftOver } from '../postgres/left-over.js'
import { sendSignal, waitForEnd } from '../postgres/processes.js'
import { startEmbeddedServer } from '../postgres/server.js'

/** A Postgres of this run's own, which can be ended at any moment. */
export interface Postgres {
  readonly url: string
  /** Ends it as `pg_ctl stop -m immediate` does, and starts it again on the same port. */
  crash (): Promise<void>
  stop (): Promise<void>
}

// What was acknowledged is in the log of the server, which outlives it: commits are synchronous. The machine itself does
// not crash here, so nothing has to reach the disk.
const SETTINGS = { fsync: 'off', synchronous_commit: 'on', deadlock_timeout: '100ms', max_connections: '100', shared_buffers: '64MB', restart_after_crash: 'on' }

// the next run of the tests removes what a run that was killed has left under this name
const PREFIX = 'fastify-vintage-test-chaos-'

/** Starts a server in a folder of its own under the system's folder for temporary files. */
export async function startPostgres (): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  await chmod(folder, 0o755)
  let server = await startEmbeddedServer(folder, { settings: SETTINGS }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const { url } = server
  return {
    url,
    async crash () {
      const running = await findLeftOver(join(folder, 'data'))
      if (running === null) throw new Error('the server of this run does not run')
      sendSignal(running.process, 'SIGQUIT')
      if (!await waitForEnd(running.process, 20_000)) throw new Error('the server did not end')
      await server.stop()
      server = await startEmbeddedServer(folder, { settings: SETTINGS })
      if (server.url !== url) throw new Error(`the server came back as ${server.url}`)
    },
    async stop () {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
