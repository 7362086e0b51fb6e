import type { VintageConfig } from '../config.js'
import { ConfigError } from '../errors.js'

type Known = Required<VintageConfig>

/** What each setting has to be: the words for the message, and the test. */
const SETTINGS: { readonly [Name in keyof Known]: readonly [wanted: string, fits: (value: unknown) => boolean] } = {
  versions: ['a folder (string or URL) or a record of changes by version', (value) => isFolder(value) || isRecord(value)],
  transitions: ['a record of transitions by name', isRecord],
  migrations: ['a folder (string or URL)', isFolder],
  connection: ['a connection string, connection settings, or a function that gives them', (value) => typeof value === 'string' || typeof value === 'function' || isRecord(value)],
  app: ['a function that gives a Fastify instance', (value) => typeof value === 'function']
}

/**
 * The config that a module exports by default.
 * @param file its path, for messages
 * @param module its namespace
 * @throws FST_ERR_VINTAGE_CONFIG when it exports none, or a setting is unknown or of the wrong kind
 */
export function readConfig (file: string, module: unknown): VintageConfig {
  const config = isRecord(module) ? module.default : undefined
  if (!isConfig(file, config)) {
    throw new ConfigError(`${file} has no config: \`export default defineConfig({ versions: './versions/', … })\`.`)
  }
  return config
}

function isConfig (file: string, config: unknown): config is VintageConfig {
  if (!isRecord(config)) return false
  for (const name of Object.keys(config)) {
    if (!Object.hasOwn(SETTINGS, name)) {
      throw new ConfigError(`${file}: there is no setting \`${name}\`. The settings are ${Object.keys(SETTINGS).join(', ')}.`)
    }
  }
  for (const [name, [wanted, fits]] of Object.entries(SETTINGS)) {
    const value = config[name]
    if (value !== undefined && !fits(value)) {
      throw new ConfigError(`${file}: \`${name}\` is ${value === null ? 'null' : `of type ${typeof value}`}; wanted ${wanted}.`)
    }
  }
  return true
}

function isFolder (value: unknown): boolean {
  return typeof value === 'string' || value instanceof URL
}

function isRecord (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
