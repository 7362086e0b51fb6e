import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Knex } from 'knex'
import { MigrationError } from '../../errors.js'
import { withCause } from '../../caught.js'
import { isModuleFile, stemOf, type ImportModule } from '../load-transitions.js'

/** A knex migration file; its name is the stem, so that `.ts` and the built `.js` are the same migration. */
export interface MigrationFile {
  readonly name: string
  readonly path: string
}

/**
 * Lists the migrations of a folder, sorted by name.
 *
 * @throws FST_ERR_VINTAGE_MIGRATION when it cannot be read, or a name is there twice
 */
export async function listMigrations (folder: string | URL): Promise<MigrationFile[]> {
  const root = folder instanceof URL || folder.startsWith('file:') ? fileURLToPath(folder) : folder
  const entries = await readdir(root).catch((cause: unknown) => {
    throw withCause(new MigrationError(`the folder of migrations cannot be read: ${root}`), cause)
  })
  const files = entries.filter(isModuleFile).sort().map((file) => ({ name: stemOf(file), path: join(root, file) }))
  const twice = files.find(({ name }, index) => files[index - 1]?.name === name)
  if (twice !== undefined) throw new MigrationError(`migration \`${twice.name}\` is there twice in ${root}, with different extensions: keep one`)
  return files
}

/**
 * A source for knex that loads a migration only when it runs.
 *
 * @param recorded stem → name in knex_migrations, where plain knex has written it with its extension
 */
export function migrationSourceOf (files: readonly MigrationFile[], recorded: ReadonlyMap<string, string>, importModule: ImportModule): Knex.MigrationSource<MigrationFile> {
  return {
    getMigrations: async () => [...files],
    getMigrationName: ({ name }) => recorded.get(name) ?? name,
    getMigration: async ({ path }) => {
      const module = await importModule(pathToFileURL(path).href)
      const found = [module, defaultOf(module)].find(isMigration)
      if (found === undefined) throw new MigrationError(`${path} must export functions \`up\` and \`down\`, as knex has it`)
      return found
    }
  }
}

function defaultOf (module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
}

function isMigration (value: unknown): value is Knex.Migration {
  return typeof value === 'object' && value !== null && 'up' in value && typeof value.up === 'function'
}
