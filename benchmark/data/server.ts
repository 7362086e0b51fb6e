import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedServer } from '../../scripts/postgres/server.js'

/** A Postgres of this run's own, with databases that are copied. */
export interface BenchServer {
  /** the version and the settings that matter */
  readonly description: string
  urlOf (database: string): string
  create (database: string): Promise<string>
  /** Copies a database that nobody is connected to, file by file. @returns the URL of the copy */
  copy (template: string, database: string): Promise<string>
  drop (database: string): Promise<void>
  stop (): Promise<void>
}

// as somebody sets up a machine with 8 GB or more: whatever is written is on the disk before it is acknowledged
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  autovacuum: 'on',
  shared_buffers: '1GB',
  effective_cache_size: '4GB',
  work_mem: '16MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '8GB',
  min_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  max_connections: '200'
}

const TMPFS = 0x01021994
const PREFIX = 'fastify-vintage-bench-'

/** Starts the server, its data in a folder on a disk. */
export async function startBenchServer (): Promise<BenchServer> {
  const folder = await mkdtemp(join(await diskFolder(), PREFIX))
  await chmod(folder, 0o755)
  const remove = async () => { await rm(folder, { recursive: true, force: true }) }
  try {
    const server = await startEmbeddedServer(folder, { settings: SETTINGS })
    const admin = new pg.Client(server.url)
    await admin.connect()
    const urlOf = (database: string) => Object.assign(new URL(server.url), { pathname: `/${database}` }).href
    const { rows: [version] } = await admin.query('show server_version')
    return {
      description: `Postgres ${String(version?.server_version)}, ${Object.entries(SETTINGS).slice(0, 5).map(([name, value]) => `${name} ${value}`).join(', ')}`,
      urlOf,
      async create (database) {
        await admin.query(`create database ${database}`)
        return urlOf(database)
      },
      async copy (template, database) {
        await untilAlone(admin, template)
        await admin.query(`create database ${database} template ${template} strategy = file_copy`)
        return urlOf(database)
      },
      async drop (database) { await admin.query(`drop database if exists ${database} with (force)`) },
      async stop () {
        await admin.end()
        await server.stop()
        await remove()
      }
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Sessions end a moment after their clients; a worker of autovacuum is asked to go. */
async function untilAlone (admin: pg.Client, database: string): Promise<void> {
  for (let going = true; going;) {
    const { rows } = await admin.query("select pid, backend_type = 'autovacuum worker' as worker, pg_sleep(0.02) from pg_stat_activity where datname = $1", [database])
    for (const { pid, worker } of rows) if (worker === true) await admin.query('select pg_terminate_backend($1)', [pid])
    going = rows.length > 0
  }
}

async function diskFolder (): Promise<string> {
  for (const folder of ['/var/tmp', tmpdir()]) {
    const found = await statfs(folder).catch(() => null)
    if (found !== null && found.type !== TMPFS) return folder
  }
  throw new Error('no folder for temporary files lies on a disk: what fsync costs could not be measured')
}
