import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { InvalidTransitionError } from '../errors.js'
import { namesOf } from './names.js'
import { isTransition, type Transition, type TransitionDefinition } from './transition.js'

/** Loads one module by its `file:` URL and gives its namespace. */
export type ImportModule = (url: string) => Promise<unknown>

/** Where transitions come from: the folder `versions/`, or definitions by name for bundled builds. */
export type TransitionSource = URL | string | Readonly<Record<string, TransitionDefinition>>

/**
 * Loads `<versions>/transitions/*.ts|.js|.mjs`, sorted by name; no such folder = no transitions.
 *
 * @param source the folder `versions/`, or name → definition
 * @param options.importModule @default the native `import()`
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION
 */
export async function loadTransitions (source: TransitionSource, options: { importModule?: ImportModule } = {}): Promise<Transition[]> {
  const definitions = typeof source === 'string' || source instanceof URL
    ? await importFolder(source, options.importModule ?? importNatively)
    : Object.entries(source)
  const transitions = definitions.map(([name, definition]) => named(name, definition)).sort((a, b) => a.name < b.name ? -1 : 1)
  refuseSameNames(transitions)
  return transitions
}

async function importFolder (versions: URL | string, importModule: ImportModule): Promise<[string, unknown][]> {
  const root = versions instanceof URL || versions.startsWith('file:') ? fileURLToPath(versions) : versions
  const folder = join(root, 'transitions')
  const loaded: [string, unknown][] = []
  for (const file of await filesOf(folder)) {
    const module = await importModule(pathToFileURL(join(folder, file)).href)
    loaded.push([stemOf(file), defaultOf(module)])
  }
  return loaded
}

async function filesOf (folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isModuleFile).sort()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** A source file, neither a declaration nor a map. */
export function isModuleFile (file: string): boolean {
  return /\.(?:ts|js|mjs|mts)$/.test(file) && !/\.d\.m?ts$/.test(file)
}

/** `users.full_name.ts` → `users.full_name` */
export function stemOf (file: string): string {
  return file.replace(/\.(?:ts|js|mjs|mts)$/, '')
}

/** What loads a module where nothing else is given. */
export const importNatively: ImportModule = async (url) => await import(url)

function defaultOf (module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
}

function named (name: string, definition: unknown): Transition {
  if (!isTransition(definition)) {
    throw new InvalidTransitionError(name, 'the file must have a default export made by `transition({ … })` of fastify-vintage/knex')
  }
  return Object.freeze({ ...definition, name })
}

/** Database objects bear a name made from the transition's, so two transitions must not share it. */
function refuseSameNames (transitions: readonly Transition[]): void {
  const takenBy = new Map<string, string>()
  for (const { name } of transitions) {
    const object = namesOf(name).marker
    const other = takenBy.get(object)
    if (other !== undefined) throw new InvalidTransitionError(name, `its database objects would bear the same names as those of \`${other}\`: rename one of the two files`)
    takenBy.set(object, name)
  }
}
