import type { FastifyInstance } from 'fastify'
import { placeOf } from '../scripts/postgres/connection.js'
import { endWithNpm } from '../scripts/end-with-npm.js'
import { tryPort } from '../scripts/postgres/free-port.js'
import { SetupError } from '../scripts/postgres/setup-error.js'
import { closeOnSignal } from './close-on-signal.js'
import { provideDatabase, type ProvidedDatabase } from './database/provide.js'
import { describeFirstSteps } from './first-steps.js'
import { readListenAddress } from './listen-address.js'

// `npm start`: a database, its tables and rows, the server, and what to do with them.
const interruption = new AbortController()
let database: ProvidedDatabase | undefined
let app: FastifyInstance | undefined
let started: Promise<void> = Promise.resolve()

async function start (): Promise<void> {
  const { signal } = interruption
  const address = readListenAddress(process.env)
  await refuseTakenPort(address)
  database = await provideDatabase(process.env, signal)
  if (signal.aborted) return
  console.log(`the database is at ${placeOf(database.url)}`)
  // The rest takes a second to load, and a wrong setting should not have to wait for it.
  const [{ prepareDatabase }, { serve }] = await Promise.all([import('./database/prepare.js'), import('./serve.js')])
  await prepareDatabase(database.url, (line) => { console.log(line) }, signal)
  if (signal.aborted) return
  const served = await serve({ ...address, databaseUrl: database.url, instance: process.env.INSTANCE ?? 'shop' })
  app = served.app
  console.log(describeFirstSteps(served.url, database.external))
}

async function stop (): Promise<void> {
  await app?.close()
  await database?.stop()
}

async function refuseTakenPort ({ host, port }: { host: string, port: number }): Promise<void> {
  if (await tryPort(port, host) !== null) return
  throw new SetupError(`port ${port} of ${host} is taken: stop what listens there, or choose another one, e.g. \`PORT=${port + 1} npm start\`.`)
}

closeOnSignal(async () => {
  interruption.abort()
  await started.catch(() => {})
  await stop()
})
endWithNpm()
started = start()
try {
  await started
} catch (error) {
  if (!interruption.signal.aborted) {
    console.error(error instanceof SetupError ? `npm start: ${error.message}` : error)
    await stop()
    process.exit(1)
  }
}
