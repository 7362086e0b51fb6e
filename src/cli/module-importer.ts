import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createJiti } from 'jiti'
import { codeOf } from './exit-codes.js'

/** Loads one module by path or file URL and gives its namespace. */
export type ImportModule = (specifier: string) => Promise<unknown>

/** The package's own entries, loaded when the first file that may import them is. */
export type OwnEntries = Readonly<Record<string, () => Promise<object>>>

const OWN_ENTRIES: OwnEntries = {
  'fastify-vintage': () => import('../index.js'),
  'fastify-vintage/knex': () => import('../knex.js')
}

/**
 * An `import` that also reads TypeScript, for config, version, transition and migration files. `fastify-vintage` in
 * them is the copy that runs the CLI, so that both talk about the same things.
 * @param root a file or folder from which packages are resolved
 */
export async function createModuleImporter (root: string, entries: OwnEntries = OWN_ENTRIES): Promise<ImportModule> {
  const jiti = createJiti(root, {
    fsCache: findCache(resolve(root)) ?? false,
    interopDefault: false,
    virtualModules: await loadEntries(entries)
  })
  return async (specifier) => await jiti.import(specifier)
}

/**
 * Where translated files are kept: beside the packages of the project. Not in jiti's own place, a folder of /tmp that
 * others can write to: what is read there runs with the owner's rights.
 */
function findCache (folder: string): string | undefined {
  const packages = join(folder, 'node_modules')
  if (existsSync(packages)) return join(packages, '.cache', 'fastify-vintage')
  const above = dirname(folder)
  return above === folder ? undefined : findCache(above)
}

/** An entry whose optional peer is not installed is left out: the file that asks for it gets Node's own error. */
async function loadEntries (entries: OwnEntries): Promise<Record<string, object>> {
  const loaded: Record<string, object> = {}
  for (const [name, load] of Object.entries(entries)) {
    try {
      loaded[name] = { ...await load(), __esModule: true }
    } catch (error) {
      if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    }
  }
  return loaded
}
