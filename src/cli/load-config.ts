import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { messageOf } from '../caught.js'
import type { ConnectionSettings, VintageConfig } from '../config.js'
import type { TransitionSource } from '../data/load-transitions.js'
import { ConfigError } from '../errors.js'
import type { HistorySource } from '../versioning/load.js'
import { readConfig } from './read-config.js'
import type { Io } from './io.js'
import { createModuleImporter, type ImportModule } from './module-importer.js'

/** The names that are looked for in the current folder, in this order. */
export const CONFIG_NAMES = ['vintage.config.ts', 'vintage.config.js', 'vintage.config.mjs'] as const

/** A config with every path made absolute and every default filled in. */
export interface LoadedConfig {
  /** the config's own path */
  readonly file: string
  /** the folder of version files, or the record of changes that stands in the config */
  readonly versions: Exclude<HistorySource, string>
  readonly transitions: TransitionSource
  /** the folder of knex migrations */
  readonly migrations: URL | undefined
  /** @throws FST_ERR_VINTAGE_CONFIG when neither the config nor `DATABASE_URL` names a database */
  connection (): Promise<ConnectionSettings>
  readonly app: VintageConfig['app']
  readonly importModule: ImportModule
}

/**
 * Loads the config that `--config` names, or the one in the current folder.
 * @throws FST_ERR_VINTAGE_CONFIG when there is none, or when it is not a config
 */
export async function loadConfig (io: Io, named: string | undefined): Promise<LoadedConfig> {
  const file = findConfig(io.cwd, named)
  const importModule = await createModuleImporter(file)
  const config = readConfig(file, await importConfig(file, importModule))
  const { versions = './versions/' } = config
  const source = isLocation(versions) ? folderUrl(file, versions) : versions
  return {
    file,
    versions: source,
    transitions: config.transitions ?? (source instanceof URL ? source : {}),
    migrations: config.migrations === undefined ? undefined : folderUrl(file, config.migrations),
    connection: () => connectionOf(file, config, io),
    app: config.app,
    importModule
  }
}

function findConfig (cwd: string, named: string | undefined): string {
  if (named !== undefined) {
    const file = resolve(cwd, named)
    if (!existsSync(file)) throw new ConfigError(`There is no config ${file}: check the path given with \`--config\`.`)
    return file
  }
  const found = CONFIG_NAMES.map((name) => resolve(cwd, name)).find((file) => existsSync(file))
  if (found === undefined) {
    throw new ConfigError(`There is no ${CONFIG_NAMES[0]} (or .js, .mjs) in ${cwd}: run \`vintage\` in the folder that has it, or name it with \`--config <file>\`.`)
  }
  return found
}

async function importConfig (file: string, importModule: ImportModule): Promise<unknown> {
  try {
    return await importModule(file)
  } catch (cause) {
    const error = new ConfigError(`${file} could not be loaded: ${messageOf(cause)}`)
    error.cause = cause
    throw error
  }
}

/** A folder's URL ends in a slash, so that names can be resolved against it. */
function folderUrl (file: string, location: string | URL): URL {
  const path = location instanceof URL || location.startsWith('file:') ? fileURLToPath(location) : resolve(dirname(file), location)
  return pathToFileURL(path.endsWith('/') ? path : `${path}/`)
}

function isLocation (versions: HistorySource): versions is string | URL {
  return typeof versions === 'string' || versions instanceof URL
}

async function connectionOf (file: string, config: VintageConfig, io: Io): Promise<ConnectionSettings> {
  const { connection = io.env.DATABASE_URL } = config
  const settings = typeof connection === 'function' ? await connection() : connection
  if (settings === undefined || settings === '') {
    throw new ConfigError(`No database is named: set \`connection\` in ${file}, or the environment variable DATABASE_URL.`)
  }
  return settings
}
