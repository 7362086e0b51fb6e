import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { messageOf } from '../caught.js'
import { MisfitError } from '../errors.js'
import type { Change } from './change.js'
import { buildHistory, historyOf, type VersionDraft, type VersionHistory } from './history.js'

/** Where a history comes from: the folder `versions/` as URL or path, or a record for bundled builds. */
export type HistorySource = URL | string | Readonly<Record<string, Change | readonly Change[]>>

/** How version files are read. */
export interface LoadOptions {
  /**
   * Imports one module by its `file:` URL; a loader such as jiti reads TypeScript.
   * @default native `import()`
   */
  readonly importModule?: (url: string) => Promise<unknown>
}

const folders = { aside: ['next', 'transitions'], date: /^\d{4}-\d{2}-\d{2}$/ }
const moduleFile = /(?<!\.d)\.(?:ts|mts|js|mjs)$/

/**
 * Loads dated version files and folders: `2025-06-01.ts`, `2026-11-01/full-name.ts`.
 * `transitions/`, `next/`, declarations and source maps are left aside.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when a name is not a date, a module does not load, exports what is not a change, or exports several things by name
 */
export async function loadHistory (source: HistorySource, options: LoadOptions = {}): Promise<VersionHistory> {
  if (typeof source !== 'string' && !(source instanceof URL)) return historyOf(source)
  const folder = source instanceof URL ? fileURLToPath(source) : source
  const importModule = options.importModule ?? (async (url: string) => await import(url))
  const drafts: VersionDraft[] = []
  for (const { version, files } of await listVersions(folder)) {
    const parts = []
    for (const file of files) parts.push(...await readExports(folder, file, importModule))
    drafts.push({ version, parts })
  }
  return buildHistory(drafts)
}

async function listVersions (folder: string): Promise<Array<{ version: string, files: string[] }>> {
  const entries = await listFolder(folder)
  const versions = []
  for (const entry of entries) {
    if (entry.isDirectory()) {
      if (folders.aside.includes(entry.name) || entry.name.startsWith('.')) continue
      const files = await listFolder(join(folder, entry.name))
      versions.push({ version: entry.name, files: files.filter(isModule).map((file) => `${entry.name}/${file.name}`) })
    } else if (isModule(entry)) {
      versions.push({ version: entry.name.replace(moduleFile, ''), files: [entry.name] })
    }
  }
  for (const { version, files } of versions) checkName(version, files)
  return versions.sort((a, b) => compare(a.version, b.version))
}

async function listFolder (folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => compare(a.name, b.name))
  } catch (cause) {
    throw new MisfitError(`The versions folder \`${folder}\` cannot be read: pass the URL or path of the folder that holds the dated files.`, { cause })
  }
}

function isModule (entry: { name: string, isFile (): boolean }): boolean {
  return entry.isFile() && moduleFile.test(entry.name)
}

function checkName (version: string, files: readonly string[]): void {
  if (folders.date.test(version)) return
  throw new MisfitError(`${files[0] ?? `${version}/`}: \`${version}\` is not a date: name version files and folders YYYY-MM-DD, and keep unreleased work in \`next/\`.`)
}

async function readExports (folder: string, file: string, importModule: (url: string) => Promise<unknown>) {
  const exported = await importFile(folder, file, importModule)
  const values = new Set(Object.values(Object(exported)))
  if (values.size > 1) throw new MisfitError(`${file}: exports ${values.size} things, which JavaScript sorts by name and not as they are written: export a list, \`export default [first, second]\`, so that the order of the changes is stated.`)
  return [...values].map((value) => ({ source: file, value }))
}

async function importFile (folder: string, file: string, importModule: (url: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await importModule(pathToFileURL(join(folder, file)).href)
  } catch (cause) {
    throw new MisfitError(`${file}: cannot be loaded: ${messageOf(cause)}. Build TypeScript first, or pass \`importModule\` with a loader that reads it.`, { cause })
  }
}

function compare (a: string, b: string): number {
  return Number(a > b) - Number(a < b)
}
