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
  const url = await create(t)
  const knex = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 10 } })
  t.teardown(async () => await knex.destroy())
  return { url, knex }
}

/** A copy of a database from which everybody has gone, or is about to be gone. */
export async function copyDatabase (t: Test, url: string): Promise<string> {
  return await create(t, new URL(url).pathname.slice(1))
}

async function create (t: Test, template = 'template1'): Promise<string> {
  const name = `vintage_test_${randomBytes(6).toString('hex')}`
  const server = knexFactory({ client: 'pg', connection: serverUrl(), pool: { min: 0, max: 1 } })
  while (await server('pg_stat_activity').where('datname', template).first() !== undefined);
  await server.raw('create database ?? template ?? strategy = file_copy', [name, template])
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  t.teardown(async () => {
    await server.raw('drop database if exists ?? with (force)', [name])
    await server.destroy()
  })
  return url.href
}

/** The major version of the server, for what not all of them have. */
export async function majorOf (knex: Knex): Promise<number> {
  return (await knex.raw("select current_setting('server_version_num')::int / 10000 as major")).rows[0].major
}
