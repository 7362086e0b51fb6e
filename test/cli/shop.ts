import type { Test } from 'tap'
import { createDatabase, type TestDatabase } from '../database.js'
import { runCli, type CliRun, type CliSetting } from './run-cli.js'

export const CONFIG = `import { defineConfig } from 'fastify-vintage'
export default defineConfig({ versions: './versions/', migrations: './migrations/' })
`

const MIGRATION = `import type { Knex } from 'knex'

export async function up (knex: Knex): Promise<void> {
  await knex.raw('create table users (id bigint primary key generated always as identity, first_name text, last_name text, note text)')
}

export async function down (knex: Knex): Promise<void> {
  await knex.raw('drop table users')
}
`

const TRANSITION = `import { transition } from 'fastify-vintage/knex'

export default transition({
  table: 'users',
  before: { first_name: 'text', last_name: 'text' },
  after: { full_name: 'text' },
  upgrade: { full_name: "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))" },
  downgrade: {
    first_name: "split_part(full_name, ' ', 1)",
    last_name: "case strpos(full_name, ' ') when 0 then '' else substr(full_name, strpos(full_name, ' ') + 1) end"
  },
  notNull: ['full_name'],
  lossy: 'downgrade'
})
`

/** A folder with a config, a migration and a transition, and a database for it. */
export interface Shop {
  readonly folder: string
  readonly database: TestDatabase
  /** Runs `vintage …` in the folder. */
  vintage (argv: readonly string[], setting?: Partial<CliSetting>): Promise<CliRun>
}

/**
 * @param rows rows of the table `users` that are there before the transition begins; 0 = the table does not exist yet
 */
export async function createShop (t: Test, rows: number): Promise<Shop> {
  const folder = t.testdir({
    'vintage.config.ts': CONFIG,
    versions: { '2024-01-01.ts': 'export default []\n', transitions: { 'users.full_name.ts': TRANSITION } },
    migrations: { '20260101_users.ts': MIGRATION }
  })
  const database = await createDatabase(t)
  const vintage: Shop['vintage'] = (argv, setting) => runCli(argv, { cwd: folder, env: { DATABASE_URL: database.url }, ...setting })
  if (rows > 0) {
    const { exitCode, stderr } = await vintage(['migrate', '--to', '20260101_users'])
    t.equal(exitCode, 0, stderr)
    await database.knex.raw("insert into users (first_name, last_name) select 'Ada ' || n, 'Lovelace' from generate_series(1, ?) n", [rows])
  }
  return { folder, database, vintage }
}
