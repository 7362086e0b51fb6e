import type { FastifyInstance } from 'fastify'
import type { TransitionDefinition } from './data/transition.js'
import type { HistorySource } from './versioning/load.js'

/** How the CLI reaches Postgres: a connection string, or the settings that knex and pg take. */
export type ConnectionSettings = string | {
  readonly connectionString?: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly ssl?: boolean
  readonly application_name?: string
}

/** What `vintage.config.ts` exports: where the CLI finds things. Relative paths start at the config's folder. */
export interface VintageConfig {
  /**
   * The folder with the version files, whose `transitions/` holds the transitions; or a record of changes by version.
   * @default './versions/'
   */
  readonly versions?: HistorySource
  /**
   * Transitions by name, where `versions` is a record.
   * @default the files in `transitions/` of the folder `versions`
   */
  readonly transitions?: Readonly<Record<string, TransitionDefinition>>
  /** The folder with the knex migrations, which `vintage migrate` runs in one order with the transitions. @default none are run */
  readonly migrations?: string | URL
  /**
   * The database whose tables move, as a role that owns them; a function is called when a command needs it.
   * @default the environment variable `DATABASE_URL`
   */
  readonly connection?: ConnectionSettings | (() => ConnectionSettings | Promise<ConnectionSettings>)
  /** Builds the app without listening, so that `vintage check` can tell whether the versions fit its schemas. @default none */
  readonly app?: () => FastifyInstance | Promise<FastifyInstance>
}

/**
 * Gives a config its type.
 * @example
 * export default defineConfig({
 *   versions: './versions/',
 *   migrations: './migrations/',
 *   connection: () => process.env.DATABASE_URL ?? 'postgres://localhost/shop'
 * })
 */
export function defineConfig (config: VintageConfig): VintageConfig {
  return config
}
