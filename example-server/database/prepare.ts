import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import knexFactory from 'knex'
import { SetupError } from '../../scripts/postgres/setup-error.js'
import { takeTurn } from './lock.js'
import { seed } from './seed.js'

/** The last migration before the transition that the demonstration is about. */
const BEFORE_FULL_NAME = '20261020_users_email'

const ROOT = join(import.meta.dirname, '..', '..')

/**
 * Brings a database to where the shop can run: tables, rows as they come, and `users.full_name` at dual-write. What is
 * there already is left as it is.
 * @param say gets a line for each step
 */
export async function prepareDatabase (url: string, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const knex = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 2 } })
  const lock = await knex.client.acquireConnection()
  try {
    // Two starts at once: the second waits, and then finds everything there.
    await takeTurn(lock, signal)
    if (!await knex.schema.hasTable('users')) {
      say('first start: making the tables')
      await migrate(url, ['--to', BEFORE_FULL_NAME], signal)
    }
    const users = await seed(knex)
    if (users > 0) say(`first start: wrote ${users} users and three times as many orders`)
    await migrate(url, [], signal)
  } finally {
    await lock.query('select pg_advisory_unlock_all()').catch(() => {})
    await knex.client.releaseConnection(lock)
    await knex.destroy()
  }
}

/** Runs `vintage migrate` as anybody would. */
async function migrate (url: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('fastify-vintage/package.json')), 'dist', 'cli', 'bin.js')
  const child = spawn(process.execPath, [bin, 'migrate', ...args], { cwd: ROOT, env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = () => { child.kill('SIGINT') }
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk) })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  signal.removeEventListener('abort', stop)
  if (code !== 0 && !signal.aborted) throw new SetupError(`\`vintage migrate\` ended with ${code}: ${output.trim()}`)
}
