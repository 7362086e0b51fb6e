import knexFactory, { type Knex } from 'knex'
import type { Test } from 'tap'
import type { OnlineEvent } from '../../../src/data/online/events.js'
import { online, type Online, type OnlineOptions } from '../../../src/data/online/online.js'
import { createDatabase, type TestDatabase } from '../../database.js'

export interface OnlineGround extends TestDatabase {
  readonly events: OnlineEvent[]
  /** `online` on the knex of the database, with its events */
  open (options?: OnlineOptions): Online
}

/** A database with `users` (ids 1 to 5) and `orders` (ids 1 to 5, one for each user). */
export async function createOnlineGround (t: Test): Promise<OnlineGround> {
  const database = await createDatabase(t)
  await createTables(database.knex)
  const events: OnlineEvent[] = []
  return { ...database, events, open: (options = {}) => online(database.knex, { report: (event) => events.push(event), ...options }) }
}

/** `users` and `orders` as they are at first. */
export async function createTables (knex: Knex): Promise<void> {
  await knex.raw(`
    drop table if exists orders, users;
    create table users (id integer primary key, email text, note text);
    insert into users select i, 'user' || i || '@example.org', 'x' from generate_series(1, 5) i;
    create table orders (id integer primary key, user_id integer, amount integer);
    insert into orders select i, i, i * 10 from generate_series(1, 5) i`)
}

/** A knex of its own with other options. */
export function openKnex (t: Test, url: string, config: Knex.Config = {}): Knex {
  const knex = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 4 }, ...config })
  t.teardown(async () => await knex.destroy())
  return knex
}

export { untilFound as until } from '../../until.js'

/** The statements that were run, without those that were tried again. */
export function statementsOf (events: readonly OnlineEvent[]): string[] {
  return events.flatMap((event) => event.type === 'statement' ? [event.statement] : [])
}

/** Constraints of a table as Postgres writes them, by name. */
export async function constraintsOf (knex: Knex, table: string): Promise<Record<string, string>> {
  const { rows } = await knex.raw("select conname, pg_get_constraintdef(oid) as shown from pg_constraint where conrelid = to_regclass(?) and contype <> 'n' order by conname", [table])
  return Object.fromEntries(rows.map(({ conname, shown }: Record<string, string>) => [conname, shown]))
}

/** Indexes of a table as Postgres writes them, by name, with a `!` when invalid. */
export async function indexesOf (knex: Knex, table: string): Promise<Record<string, string>> {
  const { rows } = await knex.raw("select c.relname, case when indisvalid then '' else '! ' end || pg_get_indexdef(indexrelid) as shown from pg_index join pg_class c on c.oid = indexrelid where indrelid = to_regclass(?) and not indisprimary order by 1", [table])
  return Object.fromEntries(rows.map(({ relname, shown }: Record<string, string>) => [relname, shown]))
}
