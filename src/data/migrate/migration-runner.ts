import knexFactory, { type Knex } from 'knex'
import { MigrationError } from '../../errors.js'
import { pidsOf, type Database } from '../database.js'
import { stemOf, type ImportModule } from '../load-transitions.js'
import { messageOf, withCause } from '../../caught.js'
import { migrationSourceOf, type MigrationFile } from './migration-source.js'

/** Runs knex migrations one by one. */
export interface MigrationRunner {
  /** @returns whether it ran now; @throws FST_ERR_VINTAGE_MIGRATION */
  run (name: string): Promise<boolean>
  /** Backends of the connections that it has opened. */
  pids (): number[]
  close (): Promise<void>
}

/** Opens knex on the same database; it connects on first use. */
export async function openMigrationRunner (database: Database, connection: NonNullable<Knex.Config['connection']>, files: readonly MigrationFile[], importModule: ImportModule): Promise<MigrationRunner> {
  const recorded = await readRecorded(database)
  const pids: number[] = []
  const knex = knexFactory({
    client: 'pg',
    connection,
    pool: { min: 0, max: 2, afterCreate: (opened: unknown, done: (error?: Error) => void) => { pids.push(...pidsOf(opened)); done() } },
    migrations: { migrationSource: migrationSourceOf(files, recorded, importModule) },
    // knex warns on the console what it throws as well
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore }
  })
  return {
    run: async (name) => {
      if (recorded.has(name)) return false
      try {
        await knex.migrate.up({ name })
        return true
      } catch (cause) {
        throw withCause(new MigrationError(`migration \`${name}\` failed: ${messageOf(cause)}`), cause)
      }
    },
    pids: () => pids,
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

function ignore (): void {}
