import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { endChild, startChild, type Child } from './child.js'
import type { Entry } from './log.js'
import { CREATE_TABLE } from './people.js'
import { startPostgres, type Postgres } from './postgres.js'
import { startProxy, type Proxy } from './proxy.js'

/** An app and an operator count as gone after so long without a sign of life. */
export const APP_LEASE_MS = 2_000
export const OPERATOR_LEASE_MS = 1_000

const APPS = ['app-1', 'app-2', 'app-3']
const OLD_BUILDS = ['old-1', 'old-2']

/** Everything that a run has started. */
export interface Ground {
  readonly postgres: Postgres
  readonly proxy: Proxy
  /** by name; three that speak head columns, two of before */
  readonly traffic: Map<string, Child>
  /** names of those that were halted once */
  readonly halted: Set<string>
  /** one command of the operator, over the proxy */
  operate (command: string, to: string): Child
  startApp (name: string): Promise<void>
  startApps (): Promise<void>
  /** as a deploy does: they leave the fleet */
  stopApps (): Promise<void>
  stopTraffic (): Promise<void>
  /** what all processes have logged so far */
  readLogs (): Promise<Entry[]>
  logOf (name: string): string
  /** a connection past the proxy */
  connect (application: string): Promise<pg.Client>
  close (): Promise<void>
}

/** Starts the server, the proxy, and two builds of before that write. */
export async function createGround (seed: number): Promise<Ground> {
  const postgres = await startPostgres()
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-chaos-logs-'))
  const { port: serverPort } = new URL(postgres.url)
  const proxy = await startProxy(Number(serverPort))
  const proxied = Object.assign(new URL(postgres.url), { port: String(proxy.port) }).href
  const traffic = new Map<string, Child>()
  const operators = new Set<Child>()
  const logs = new Set<string>()
  let starts = 0

  const logOf = (name: string): string => {
    logs.add(name)
    return join(folder, `${name}.log`)
  }
  const startTraffic = (name: string, file: string): Child => {
    const child = startChild(file, [proxied, name, logOf(name), String(seed * 100 + starts++), String(APP_LEASE_MS)])
    traffic.set(name, child)
    return child
  }
  const connect = async (application: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: postgres.url, application_name: application })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const stop = async (names: readonly string[]): Promise<void> => {
    await Promise.all(names.map(async (name) => {
      const child = traffic.get(name)
      if (child !== undefined) await endChild(child, 'SIGTERM')
      traffic.delete(name)
    }))
  }

  const ground: Ground = {
    postgres,
    proxy,
    traffic,
    halted: new Set(),
    connect,
    logOf,
    operate (command, to) {
      const child = startChild('operator-process.ts', [proxied, command, to, String(OPERATOR_LEASE_MS)])
      operators.add(child)
      return child
    },
    startApp: async (name) => await startTraffic(name, 'app-process.ts').awaitMessage('ready'),
    startApps: async () => { await Promise.all(APPS.map(async (name) => await ground.startApp(name))) },
    stopApps: async () => await stop(APPS),
    stopTraffic: async () => await stop([...APPS, ...OLD_BUILDS]),
    readLogs: async () => (await Promise.all([...logs].map(async (name) => await readFile(join(folder, `${name}.log`), 'utf8').catch(() => '')))).flatMap(entriesOf),
    async close () {
      await Promise.all([...traffic.values(), ...operators].map(async (child) => await endChild(child, 'SIGKILL')))
      await proxy.close()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
  try {
    const client = await connect('chaos')
    await client.query(CREATE_TABLE)
    await client.end()
    for (const name of OLD_BUILDS) startTraffic(name, 'old-process.ts')
    return ground
  } catch (error) {
    await ground.close()
    throw error
  }
}

/** The last line may be half written: its process was killed, or is at it. */
function entriesOf (log: string): Entry[] {
  return log.slice(0, log.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '').map((line): Entry => JSON.parse(line))
}
