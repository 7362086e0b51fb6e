import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProblem } from '../../scripts/postgres/connection.js'
import { SetupError } from '../../scripts/postgres/setup-error.js'

const DATABASE_URL_FILE = 'database-url'

/** Where the embedded Postgres keeps its data, or a pointer to it: `VINTAGE_HOME`, else `.vintage/` in the repository. */
export function homeOf (env: NodeJS.ProcessEnv): string {
  return env.VINTAGE_HOME ?? join(import.meta.dirname, '..', '..', '.vintage')
}

/** Writes down the URL of the shop's database, for the CLI. */
export async function recordUrl (home: string, url: string): Promise<void> {
  const file = join(home, DATABASE_URL_FILE)
  await writeFile(`${file}.new`, url, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

/** @returns the URL of the database that `npm start` runs or has run, null when it never did */
export async function readRecordedUrl (home: string): Promise<string | null> {
  const text = await readFile(join(home, DATABASE_URL_FILE), 'utf8').catch(() => '')
  return URL.canParse(text) ? text : null
}

/**
 * The database that `DATABASE_URL` names, else the one that `npm start` runs.
 * @throws SetupError when there is neither
 */
export async function findDatabaseUrl (env: NodeJS.ProcessEnv): Promise<string> {
  if (env.DATABASE_URL !== undefined && env.DATABASE_URL !== '') return env.DATABASE_URL
  const url = await readRecordedUrl(homeOf(env))
  if (url === null) throw new SetupError('there is no database yet: run `npm start` in another terminal, or set DATABASE_URL.')
  const problem = await findProblem(url)
  if (problem === null) return url
  throw new SetupError(`the database of \`npm start\` does not answer (${problem}): run \`npm start\` in another terminal, or set DATABASE_URL.`)
}
