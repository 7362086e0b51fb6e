import { findProblem, placeOf } from '../../scripts/postgres/connection.js'
import { startEmbeddedServer } from '../../scripts/postgres/server.js'
import { SetupError } from '../../scripts/postgres/setup-error.js'
import { createShopDatabase } from './create.js'
import { homeOf } from './recorded-url.js'

/** A database for the shop. */
export interface ProvidedDatabase {
  readonly url: string
  /** it is the one that `DATABASE_URL` names */
  readonly external: boolean
  /** stops the server if it was started for us */
  stop (): Promise<void>
}

/**
 * The database that `DATABASE_URL` names, else one on an embedded server whose data is kept in `.vintage/`.
 * @throws SetupError in one sentence when there is none to be had
 */
export async function provideDatabase (env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<ProvidedDatabase> {
  const given = env.DATABASE_URL
  if (given !== undefined && given !== '') {
    const problem = await findProblem(given)
    if (problem === null) return { url: given, external: true, stop: async () => {} }
    throw new SetupError(`DATABASE_URL names ${placeOf(given)}, which cannot be used (${problem}): start that server or mend the URL, or unset DATABASE_URL for an embedded one.`)
  }
  const home = homeOf(env)
  const server = await startEmbeddedServer(home, signal === undefined ? {} : { signal })
  try {
    const url = await createShopDatabase(server.url, home, signal)
    return { url, external: false, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}
