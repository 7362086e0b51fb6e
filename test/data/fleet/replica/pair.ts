import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import type { Test } from 'tap'
import { freePort } from '../../../../scripts/postgres/free-port.js'
import { MAJORS, NEWEST } from '../../../../scripts/postgres/majors.js'
import { findNativeFiles } from '../../../../scripts/postgres/native-files.js'
import { createCluster } from '../../../../scripts/postgres/run-server.js'
import { startEmbeddedServer, type EmbeddedServer } from '../../../../scripts/postgres/server.js'
import { writeRecord } from '../../../../scripts/postgres/server-record.js'
import { findServerUser } from '../../../../scripts/postgres/server-user.js'
import { createDatabase, majorOf } from '../../../database.js'

/** A primary and a streaming replica of it, both servers of the test's own. */
export interface Pair {
  readonly primary: Knex
  readonly replica: Knex
  readonly primaryUrl: string
  readonly replicaUrl: string
  /** The replica goes on receiving, and shows the moment of now until it resumes. */
  pause (): Promise<void>
  resume (): Promise<void>
  /** Waits until the replica shows all that the primary does now. */
  caughtUp (): Promise<void>
  /** The replica receives nothing any more. */
  cut (): Promise<void>
  /** The primary ends, and the replica takes writes from then on. */
  promote (): Promise<void>
}

// the next run of the tests removes what a run that was killed has left under these names
const homeOf = async (t: Test, name: string): Promise<string> => {
  const folder = await mkdtemp(join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), `fastify-vintage-test-${name}-`))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o755)
  return folder
}

const SETTINGS = { fsync: 'off', synchronous_commit: 'local', full_page_writes: 'off', shared_buffers: '16MB', wal_level: 'replica', autovacuum: 'off' }

/** Starts both, of the major version that the tests run on; the replica begins as a copy of the folder before its first start. */
export async function startPair (t: Test): Promise<Pair> {
  const wrapper = MAJORS[await major(t)]
  const user = findServerUser()
  const password = randomBytes(18).toString('hex')
  const homes = { replica: await homeOf(t, 'replica'), primary: await homeOf(t, 'primary') }
  const dataFolder = join(homes.primary, 'data')
  await createCluster({ files: await findNativeFiles(user, wrapper), user, dataFolder, password })
  spawnSync('cp', ['-a', dataFolder, join(homes.replica, 'data')])
  await writeFile(join(homes.replica, 'data', 'standby.signal'), '')
  if (user.uid !== undefined) spawnSync('chown', [`${user.uid}`, join(homes.replica, 'data', 'standby.signal')])
  const start = async (home: string, settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedServer> => {
    await writeRecord(home, { folder: home, port: await freePort(), password })
    const server = await startEmbeddedServer(home, { settings: { ...SETTINGS, ...settings }, package: wrapper })
    t.teardown(async () => await server.stop())
    return server
  }
  const primary = await start(homes.primary)
  const { port } = new URL(primary.url)
  // in its folder rather than on the command line, so that it can be changed
  await writeFile(join(homes.replica, 'data', 'postgresql.auto.conf'), `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres password=${password} application_name=the_replica'\n`)
  return pairOf(t, primary, await start(homes.replica))
}

async function major (t: Test): Promise<keyof typeof MAJORS> {
  const found = await majorOf((await createDatabase(t)).knex)
  return found === 15 || found === 16 || found === 17 ? found : NEWEST
}

function pairOf (t: Test, first: EmbeddedServer, second: EmbeddedServer): Pair {
  const open = (connection: string): Knex => {
    const knex = knexFactory({ client: 'pg', connection, pool: { min: 0, max: 4 } })
    t.teardown(async () => await knex.destroy())
    return knex
  }
  const primary = open(first.url)
  const replica = open(second.url)
  const until = async (condition: string, ...values: string[]): Promise<void> => {
    while ((await replica.raw(`select ${condition} as yes`, values)).rows[0].yes !== true) await sleep(5)
  }
  return {
    primary,
    replica,
    primaryUrl: first.url,
    replicaUrl: second.url,
    pause: async () => {
      await replica.raw('select pg_wal_replay_pause()')
      await until("pg_get_wal_replay_pause_state() = 'paused'")
    },
    resume: async () => await replica.raw('select pg_wal_replay_resume()'),
    caughtUp: async () => {
      const { rows: [{ lsn }] } = await primary.raw('select pg_current_wal_flush_lsn()::text as lsn')
      await until('pg_last_wal_replay_lsn() >= ?::pg_lsn', lsn)
    },
    cut: async () => {
      await replica.raw("alter system set primary_conninfo = ''")
      await replica.raw('select pg_reload_conf()')
      await until('not exists (select from pg_stat_wal_receiver)')
    },
    promote: async () => {
      await first.stop()
      await replica.raw('select pg_promote()')
      await until('not pg_is_in_recovery()')
    }
  }
}
