import knexFactory, { type Knex } from 'knex'
import { MigrationError } from '../../errors.js'
import type { Database } from '../database.js'
import { stemOf, type ImportModule } from '../load-transitions.js'
import { migrationSourceOf, type MigrationFile } from './migration-source.js'

/** Runs knex migrations one by one. */
export interface MigrationRunner {
  /** @returns whether it ran now; @throws FST_ERR_VINTAGE_MIGRATION */
  run (name: string): Promise<boolean>
  close (): Promise<void>
}

/** Opens knex on the same database; without files there is nothing to open. */
export async function openMigrationRunner (database: Database, connection: Knex.Config['connection'], files: readonly MigrationFile[], importModule: ImportModule): Promise<MigrationRunner> {
  if (files.length === 0) return { run: async () => false, close: async () => {} }
  const recorded = await readRecorded(database)
  const knex = knexFactory({
    client: 'pg',
    connection: connection ?? {},
    pool: { min: 0, max: 2 },
    migrations: { migrationSource: migrationSourceOf(files, recorded, importModule) },
    // knex warns on the console what it throws as well
    log: { warn () {}, error () {}, deprecate () {}, debug () {} }
  })
  return {
    run: async (name) => {
      if (recorded.has(name)) return false
      try {
        await knex.migrate.up({ name })
        return true
      } catch (cause) {
        const error = new MigrationError(`migration \`${name}\` failed: ${cause instanceof Error ? cause.message : String(cause)}`)
        error.cause = cause
        throw error
      }
    },
    close: async () => await knex.destroy()
  }
}

/** What has run already: stem → the name under which knex has recorded it. */
async function readRecorded (database: Database): Promise<Map<string, string>> {
  const [table] = await database.query("select to_regclass('knex_migrations') is not null as present")
  if (table?.present !== true) return new Map()
  const rows = await database.query<{ name: string }>('select name from knex_migrations')
  return new Map(rows.map(({ name }) => [stemOf(name), name]))
}
