import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { codeOf } from '../exit-codes.js'
import type { LoadedConfig } from '../load-config.js'

/** @returns where a generated file of the versions lies: in their folder, or beside a config that holds them as a record */
export function pathBesideVersions ({ file, versions }: LoadedConfig, name: string): string {
  return fileURLToPath(new URL(name, versions instanceof URL ? versions : pathToFileURL(file)))
}

/** @returns the text of a file; undefined when it is not there */
export async function readIfThere (file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
