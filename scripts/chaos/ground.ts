import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { walkInCalm, type Calm } from './calm.js'
import { createFleet, type Fleet } from './fleet.js'
import { openOperators, type Command, type Operators } from './operators.js'
import { createOracle, type Oracle } from './oracle.js'
import { NAME, POINTS } from './people.js'
import { CREATE_TABLE } from './rows.js'
import { startPostgres, type Postgres } from './postgres.js'
import { startProxy, type Proxy } from './proxy.js'
import { openLogs, type Logs } from './read-logs.js'
import type { Entry } from './log.js'

/** An operator counts as gone after so long without a sign of life. */
export const OPERATOR_LEASE_MS = 500

const BREATH_MS = 40
const CALM_BREATH_MS = 12

/** Everything that a run has started. */
export interface Ground {
  readonly postgres: Postgres
  readonly proxy: Proxy
  readonly fleet: Fleet
  readonly oracle: Oracle
  readonly logs: Logs
  /** how many entries of each kind the logs had so far */
  readonly logged: Map<Entry['kind'], number>
  /** names of the actors that were halted once */
  readonly halted: Set<string>
  /** how the same processes fared before, on a database of their own */
  readonly calm: Calm
  /** one command of the operator, over the proxy */
  operate (command: string, transition: string, to: string): Command
  /** a connection past the proxy */
  connect (application: string): Promise<pg.Client>
  close (): Promise<void>
}

/** Starts the server, walks without faults, and then starts the proxy, processes in reserve, and two builds of before that write. */
export async function createGround (seed: number): Promise<Ground> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => { for (const one of closers.toReversed()) await one() }
  try {
    const postgres = await startPostgres()
    closers.push(async () => await postgres.stop())
    const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-chaos-logs-'))
    closers.push(async () => await rm(folder, { recursive: true, force: true }))
    const calm = await beCalm(postgres.url, folder, seed)
    const proxy = await startProxy(Number(new URL(postgres.url).port))
    closers.push(async () => await proxy.close())
    const url = Object.assign(new URL(postgres.url), { port: String(proxy.port) }).href
    const connect = connector(postgres.url)
    const client = await connect('chaos')
    await client.query(CREATE_TABLE)
    await client.end()
    const operators: Operators = openOperators(url, OPERATOR_LEASE_MS)
    closers.push(async () => await operators.close())
    const logs = openLogs(folder)
    const fleet = await createFleet({ url, logs, seed, breathMs: BREATH_MS, pollMs: 50, others: { 'old-1': 'old-process.ts', 'old-2': 'old-process.ts' }, spareApps: 2 })
    closers.push(async () => await fleet.close())
    return { postgres, calm, proxy, fleet, oracle: createOracle(), logs, logged: new Map(), halted: new Set(), operate: operators.operate, connect, close }
  } catch (error) {
    await close()
    throw error
  }
}

function connector (connectionString: string): Ground['connect'] {
  return async (application) => {
    const client = new pg.Client({ connectionString, application_name: application })
    client.on('error', () => {})
    await client.connect()
    return client
  }
}

async function beCalm (serverUrl: string, folder: string, seed: number): Promise<Calm> {
  const server = await connector(serverUrl)('chaos')
  await server.query('create database calm')
  await server.end()
  const url = Object.assign(new URL(serverUrl), { pathname: '/calm' }).href
  const database = await connector(url)('calm')
  try {
    await database.query(CREATE_TABLE)
    const logs = join(folder, 'calm')
    await mkdir(logs)
    return await walkInCalm(database, { url, folder: logs, seed, breathMs: CALM_BREATH_MS, transitions: [NAME, POINTS] })
  } finally {
    await database.end()
  }
}
