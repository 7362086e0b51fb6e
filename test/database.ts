import { randomBytes } from 'node:crypto'
import knexFactory, { type Knex } from 'knex'
import type { Test } from 'tap'

/** An empty database of its own for one test, on the server that the test run has started. */
export interface TestDatabase {
  /** `postgres://…` of this database, as its owner */
  readonly url: string
  /** a plain knex on it, without fastify-vintage */
  readonly knex: Knex
}

/** The server that `scripts/test.ts` has started; a missing one is a failure, not a skip. */
export function serverUrl (): string {
  const url = process.env.VINTAGE_TEST_POSTGRES
  if (url === undefined) throw new Error('no test server: run the tests with `npm test` or `npm run test:only -- <file>`')
  return url
}

export async function createDatabase (t: Test): Promise<TestDatabase> {
  const name = `vintage_test_${randomBytes(6).toString('hex')}`
  const server = knexFactory({ client: 'pg', connection: serverUrl(), pool: { min: 0, max: 1 } })
  await server.raw('create database ?? strategy = file_copy', [name])
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  const knex = knexFactory({ client: 'pg', connection: url.href, pool: { min: 0, max: 10 } })
  t.teardown(async () => {
    await knex.destroy()
    await server.raw('drop database if exists ?? with (force)', [name])
    await server.destroy()
  })
  return { url: url.href, knex }
}
