import type { Knex } from 'knex'
import t from 'tap'
import { SCHEMA_NUMBER } from '../../../src/data/state/ensure-schema.js'
import { SCHEMA_STEPS } from '../../../src/data/state/schema-steps.js'
import { openDatabase } from '../../../src/data/database.js'
import { openRegistry } from '../../../src/data/fleet/registry.js'
import { openKnex } from '../online/fixtures.js'
import { createDatabase } from '../../database.js'
import { createGround, createUsers } from '../fixtures.js'
import { createRoles, urlAs } from '../roles.js'

/** Schema `vintage` as an older build has left it: the work of the first steps, with or without their numbers. */
async function makeOlder (knex: Knex, steps: number, numbered: boolean): Promise<void> {
  await knex.raw('create schema vintage')
  for (const statement of SCHEMA_STEPS.slice(0, steps).flat()) await knex.raw(statement.replaceAll('?', '\\?'))
  if (!numbered) return
  await knex.raw('create table vintage.schema_steps (number integer primary key, applied_at timestamptz not null default clock_timestamp())')
  await knex.raw('insert into vintage.schema_steps (number) select generate_series(1, ?::int)', [steps])
}

/** Everything of schema `vintage` in the catalogue, whatever the order of columns. */
async function describeSchema (knex: Knex): Promise<unknown> {
  const { rows } = await knex.raw(`
    select c.relname as table, c.relkind, c.relrowsecurity, (
      select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)) order by a.attname)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = c.oid and a.attnum > 0) as columns, (
      select json_agg(json_build_array(p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname)
      from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relnamespace = 'vintage'::regnamespace and c.relkind in ('r', 'i') order by c.relname`)
  const { rows: triggers } = await knex.raw("select t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) as shown from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'vintage'::regnamespace and not t.tgisinternal order by 1, 3")
  const { rows: indexes } = await knex.raw("select indexdef from pg_indexes where schemaname = 'vintage' order by 1")
  const { rows: functions } = await knex.raw("select proname, prosrc, prosecdef, proconfig, proacl from pg_proc where pronamespace = 'vintage'::regnamespace order by 1")
  return { rows, triggers, indexes, functions }
}

async function numbersOf (knex: Knex): Promise<number[]> {
  return (await knex.raw('select number from vintage.schema_steps order by number')).rows.map(({ number }: { number: number }) => number)
}

const ALL = Array.from({ length: SCHEMA_NUMBER }, (_, index) => index + 1)

t.test('a schema that any older build has made is brought to the state of this one, and equals one made by it', async (t) => {
  const { knex, operator, open } = await createGround(t, async (knex) => await createUsers(knex, 3))
  const schemaOnly = await open({ transitions: [] })
  await schemaOnly.migrate()
  t.strictSame(await numbersOf(knex), ALL)
  const expected = await describeSchema(knex)
  // from before there were numbers, and since
  for (const [steps, numbered] of [[1, false], [2, false], ...ALL.slice(1, -1).map((steps) => [steps, true] as const), [3, false], [4, false]] as const) {
    await knex.raw('drop schema vintage cascade')
    await makeOlder(knex, steps, numbered)
    await knex.raw("insert into vintage.events (transition, event) values ('some.thing', 'phase')")
    const refusal = { code: 'FST_ERR_VINTAGE_REFUSED_SCHEMA', message: new RegExp(`older build \\(state ${numbered ? steps : 0}, .*run \`vintage migrate\``) }
    await t.rejects(operator.status(), refusal)
    await t.rejects(operator.advance(), refusal)
    await schemaOnly.migrate()
    t.strictSame(await describeSchema(knex), expected, `after step ${steps}, ${numbered ? 'with' : 'without'} numbers`)
    t.strictSame(await numbersOf(knex), ALL)
    t.equal((await knex('vintage.events')).length, 1, 'what it held is there still')
  }
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write' }] })
})

t.test('a schema that a newer build has made is told, and nothing is done to it', async (t) => {
  const { knex, operator, open } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await (await open({ transitions: [] })).migrate()
  await knex('vintage.schema_steps').insert({ number: SCHEMA_NUMBER + 1 })
  const refusal = { code: 'FST_ERR_VINTAGE_REFUSED_SCHEMA', message: new RegExp(`newer build \\(state ${SCHEMA_NUMBER + 1}, and this build works with ${SCHEMA_NUMBER}\\)`) }
  await t.rejects(operator.migrate(), refusal)
  await t.rejects(operator.advance(), refusal)
  await t.rejects(operator.status(), refusal)
  t.strictSame(await numbersOf(knex), [...ALL, SCHEMA_NUMBER + 1])
})

t.test('an upgrade of the schema that cannot have its locks gives up within its deadlines, with nothing of it left', async (t) => {
  const { knex, open } = await createGround(t, async (knex) => await createUsers(knex, 3), { lockAttempts: 2, lockDeadlineMs: 100 })
  await makeOlder(knex, 2, true)
  const holder = await knex.transaction()
  await holder.raw('select 1 from vintage.backfills')
  await t.rejects((await open()).migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /^schema `vintage`: gave up after 2 attempts.*\. Let these end, and run it again$/ })
  await holder.rollback()
  t.strictSame(await numbersOf(knex), [1, 2])
  t.notOk(await knex.schema.withSchema('vintage').hasColumn('transitions', 'paused_by'))
})

t.test('D24 an upgrade of the schema has one deadline for all its statements, not one for each', async (t) => {
  const { knex, open } = await createGround(t, async (knex) => await createUsers(knex, 3), { lockAttempts: 1, lockDeadlineMs: 600 })
  await makeOlder(knex, 1, true)
  await knex.raw('create function public.slow_down () returns event_trigger language plpgsql as $$ begin perform pg_sleep(0.1); end $$')
  await knex.raw('create event trigger slow_down on ddl_command_end execute function public.slow_down()')
  const start = performance.now()
  await t.rejects((await open()).migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /^schema `vintage`: gave up after 1 attempts, nothing was changed \((?:a statement timeout|the transaction had 600 ms for all its locks)/ })
  t.ok(performance.now() - start < 1_200)
  await knex.raw('drop event trigger slow_down')
  t.strictSame(await numbersOf(knex), [1])
})

t.test('an instance from before instances had a role registers again after the upgrade', async (t) => {
  const { url, knex } = await createDatabase(t)
  await makeOlder(knex, 1, false)
  const registry = openRegistry({ served: openKnex(t, url) }, [], 10_000)
  t.equal(await registry.keepLease(), 'joined')
  // knex would print why it closes the connection
  const primary = openKnex(t, url, { log: { warn: () => {} } })
  const onReplica = openRegistry({ served: openKnex(t, url), primary }, [], 10_000)
  t.equal(await onReplica.keepLease(), 'joined', 'though there is no place yet to tell where it reads')
  await onReplica.leave()
  const operator = await createGround(t, async () => {}, { transitions: [], connection: url })
  await operator.operator.migrate()
  t.equal(await registry.keepLease(), 'joined')
  t.equal(await registry.keepLease(), 'renewed')
  const database = await openDatabase(url)
  t.match(await database.query('select name from vintage.instances'), [{}])
  await database.close()
})

t.test('an owner of the schema who may create no other brings it on', async (t) => {
  const { knex, url } = await createDatabase(t)
  await createRoles(knex)
  await makeOlder(knex, 2, true)
  await knex.raw("do $$ declare found record; begin alter schema vintage owner to vintage_moves; for found in select tablename from pg_tables where schemaname = 'vintage' loop execute format('alter table vintage.%I owner to vintage_moves', found.tablename); end loop; end $$")
  const { rows: [{ db }] } = await knex.raw('select current_database() as db')
  await knex.raw('revoke create on database ?? from vintage_moves', [db])
  const { operator } = await createGround(t, async () => {}, { transitions: [], connection: urlAs('vintage_moves', url) })
  await operator.migrate()
  t.strictSame(await numbersOf(knex), ALL)
})
