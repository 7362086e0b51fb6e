import knexFactory, { type Knex } from 'knex'
import { spanning } from 'fastify-vintage/knex'
import { FULL_NAME, MOVE } from './move.js'

/** A knex without fastify-vintage. */
export function openPlain (url: string, connections: number, application = 'bench'): Knex {
  return knexFactory({ client: 'pg', connection: { connectionString: url, application_name: application }, pool: { min: connections, max: connections } })
}

/** A knex that speaks the new column in every phase; `stop` ends it. */
export async function openSpanning (url: string, connections: number, name = 'bench'): Promise<{ knex: Knex, stop (): Promise<void> }> {
  const opened = await spanning({
    knex: { client: 'pg', connection: { connectionString: url, application_name: name }, pool: { min: connections, max: connections } },
    versions: { [MOVE]: FULL_NAME },
    instance: { name }
  })
  await opened.start()
  return opened
}

/** Runs work with a plain knex for each URL and, when one is given, a spanning one. */
export async function withKnexes<Result> (spanningUrl: string | null, plainUrls: readonly string[], connections: number, work: (spanning: Knex | null, plain: readonly Knex[]) => Promise<Result>): Promise<Result> {
  const plain = plainUrls.map((url) => openPlain(url, connections))
  const opened = spanningUrl === null ? null : await openSpanning(spanningUrl, connections)
  try {
    return await work(opened?.knex ?? null, plain)
  } finally {
    await opened?.stop()
    for (const knex of plain) await knex.destroy()
  }
}
