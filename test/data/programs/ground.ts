import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import type { Test } from 'tap'
import { spanning } from '../../../src/data/knex/spanning.js'
import { namesOf, quote } from '../../../src/data/names.js'
import { openOperator, type Operator } from '../../../src/data/operator.js'
import type { Phase } from '../../../src/data/phases.js'
import { oldColumnsOf } from '../../../src/data/transition.js'
import { createDatabase } from '../../database.js'
import { named } from '../fixtures.js'
import { StreamingClient } from '../knex/streaming-client.js'
import { copyAsPlain, TABLES, TRANSITIONS } from './transitions.js'

const NAMES = Object.keys(TRANSITIONS) as ReadonlyArray<keyof typeof TRANSITIONS>

/** The same rows twice in one database. */
export interface Ground {
  /** speaks head columns on schema `live` */
  readonly live: Knex
  /** an ordinary knex on schema `plain` */
  readonly plain: Knex
  /** sees everything */
  readonly root: Knex
  /** Takes all transitions to the phase, `expand` from `dual-write` and back; knows of unfilled rows in `backfill`. */
  enter (phase: Phase): Promise<void>
  /** Brings both tables back to what they were when the phase was entered. */
  restore (): Promise<void>
}

export async function createGround (t: Test): Promise<Ground> {
  const { url, knex: root } = await createDatabase(t)
  await root.raw(TABLES)
  const operator = await openOperator({ connection: url, transitions: await named(TRANSITIONS), strayWindowMs: 0 })
  t.teardown(async () => await operator.close())
  await operator.migrate()
  const { rows } = await root.raw("select column_name as name from information_schema.columns where table_schema = 'live' and table_name = 'users' and column_name in ('full_name', 'points', 'profile', 'handle') order by ordinal_position")
  await root.raw(copyAsPlain(rows.map(({ name }: { name: string }) => name)))
  await root.raw('create table plain.kept as table plain.users; create table plain.kept_people as table plain.people')
  const { knex: live, start, stop } = await spanning({ knex: { client: StreamingClient, connection: url, searchPath: ['live', 'public'] }, versions: TRANSITIONS, pollMs: 10 })
  const plain = knexFactory({ client: StreamingClient, connection: url, searchPath: ['plain', 'public'] })
  t.teardown(async () => {
    await stop()
    await plain.destroy()
  })
  await start()
  return { live, plain, root, enter: async (phase) => await enter(root, operator, phase), restore: async () => await restore(root) }
}

async function enter (root: Knex, operator: Operator, phase: Phase): Promise<void> {
  if (phase === 'expand' || phase === 'dual-write') await root.raw('update vintage.transitions set phase = ?, epoch = epoch + 1, changed_at = clock_timestamp()', [phase])
  else for (const transition of NAMES) await operator.advance({ transition, to: phase })
  if (phase === 'backfill') await unfill(root)
  await root.raw('drop table if exists live.kept; create table live.kept as table live.users')
  await root.raw(createCheck(phase))
  await untilAcknowledged(root)
}

async function untilAcknowledged (root: Knex): Promise<void> {
  const behind = async (): Promise<boolean> => (await root.raw('select from vintage.transitions t left join vintage.acknowledgements a on a.transition = t.name where a.epoch is distinct from t.epoch')).rows.length > 0
  while (await behind()) await sleep(5)
}

/** Half of the rows, another half for each transition. */
async function unfill (root: Knex): Promise<void> {
  const sets = NAMES.map((name, index) => `update live.users set ${quote(namesOf(name).marker)} = true, ${Object.keys(TRANSITIONS[name].after).map((column) => `${column} = null`).join(', ')} where (id >> ${index}) % 2 = 0`)
  await root.raw(withoutTriggers('backfill', sets.join('; ')))
}

/** The triggers would fill what is to be empty. */
function withoutTriggers (phase: Phase, sql: string): string {
  if (phase === 'drop') return sql
  const enable = NAMES.flatMap((name) => [namesOf(name).insertTrigger, namesOf(name).updateTrigger]).map((trigger) => `enable always trigger ${quote(trigger)}`)
  return `begin; alter table live.users disable trigger user; ${sql}; alter table live.users ${enable.join(', ')}; commit`
}

async function restore (root: Knex): Promise<void> {
  const { phase } = await root('vintage.transitions').first('phase')
  const people = (schema: string): string => `delete from ${schema}.people; insert into ${schema}.people table plain.kept_people`
  await root.raw(withoutTriggers(phase, `delete from live.users; insert into live.users table live.kept; ${people('live')}`))
  await root.raw(`delete from plain.users; insert into plain.users table plain.kept; ${people('plain')}`)
}

/** `live.out_of_sync()`: filled rows of which neither side follows from the other, by what the definitions say. */
function createCheck (phase: Phase): string {
  const body = phase === 'drop' ? 'select 0::bigint' : `select count(*) from live.users where ${NAMES.map((name) => outOfSync(name, phase)).join(' or ')}`
  return `create or replace function live.out_of_sync() returns bigint language plpgsql as $$ begin return (${body}); end $$`
}

function outOfSync (name: keyof typeof TRANSITIONS, phase: Phase): string {
  const { marker, hidden } = namesOf(name)
  const definition = TRANSITIONS[name]
  const actual = (sql: string): string => phase !== 'hide' ? sql : oldColumnsOf(definition).reduce((text, column) => text.replaceAll(new RegExp(`(?<!['"])\\b${column}\\b(?!['"])`, 'g'), quote(hidden(column))), sql)
  const follows = (target: Readonly<Record<string, string>>): string => Object.entries(target).map(([column, expression]) => `(${actual(column)}) is not distinct from (${actual(expression)})`).join(' and ')
  return `(not ${quote(marker)} and not (${follows(definition.upgrade)}) and not (${follows(definition.downgrade)}))`
}
