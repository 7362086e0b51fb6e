import knexFactory, { type Knex } from 'knex'
import t, { type Test } from 'tap'
import type { PlanResult } from '../../src/data/results.js'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { majorOf } from '../database.js'
import { recordDdl, strongLockOf } from './ddl-recorder.js'
import { createGround, named, type Ground } from './fixtures.js'

const DEFINITION = transition({
  table: 'offers',
  before: { place: 'text', price: 'numeric' },
  after: { country: 'text', total: 'bigint' },
  upgrade: { country: "split_part(place, '-', 1)", total: '(price * 100)::bigint' },
  downgrade: { place: "country || '-'", price: 'total / 100.0' },
  notNull: ['total'],
  checks: { offers_total_positive: 'total > 0' },
  unique: [['country', 'id'], ['total']],
  foreignKeys: [{ columns: ['country'], references: { table: 'countries', columns: ['code'] }, onDelete: 'cascade' }],
  lossy: 'both'
})

async function createOffers (t: Test, change: Partial<TransitionDefinition> = {}, rows = 10, migrations: Partial<Parameters<typeof createGround>[2]> = {}): Promise<Ground> {
  const transitions = await named({ 'offers.total': transition<string, string>({ ...DEFINITION, ...change }) })
  return await createGround(t, async (knex) => {
    await knex.raw("create table countries (code text primary key, name text); insert into countries values ('de'), ('fr')")
    await knex.raw('create table offers (id integer primary key, place text, price numeric)')
    await knex.raw("insert into offers select i, (array['de', 'fr'])[1 + i % 2] || '-' || i, i from generate_series(1, ?::int) i", [rows])
  }, { transitions, ...migrations })
}

async function constraintsOf (knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw("select conname || ': ' || pg_get_constraintdef(oid) as shown from pg_constraint where conrelid = 'offers'::regclass and contype in ('c', 'f', 'u') order by 1")
  return rows.map(({ shown }: { shown: string }) => shown)
}

/** What refuses writes: constraints, NOT NULLs of columns other than the key and the marker, unique indexes. */
async function leftOf (knex: Knex): Promise<unknown> {
  const read = async (sql: string): Promise<string[]> => (await knex.raw(sql)).rows.map(({ name }: { name: string }) => name)
  return {
    constraints: await constraintsOf(knex),
    required: await read("select attname as name from pg_attribute where attrelid = 'offers'::regclass and attnum > 0 and attnotnull and attname in ('country', 'total')"),
    unique: await read("select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'offers'::regclass and i.indisunique and not i.indisprimary")
  }
}

const NOTHING = { constraints: [], required: [], unique: [] }

const ALL = [
  'offers_country_foreign: FOREIGN KEY (country) REFERENCES countries(code) ON DELETE CASCADE',
  'offers_country_id_unique: UNIQUE (country, id)',
  'offers_total_positive: CHECK ((total > 0))',
  'offers_total_unique: UNIQUE (total)'
]

t.test('D24 who holds up a foreign key at the table that it refers to is named, on the way there and back, and nobody queues up behind', async (t) => {
  const { operator, knex, open } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const hurried = await open({ lockAttempts: 2, lockDeadlineMs: 300 })
  const held = async (sql: string, step: () => Promise<unknown>): Promise<void> => {
    const holder = await knex.transaction()
    await holder.raw(sql)
    const { rows: [{ pid }] } = await holder.raw('select pg_backend_pid() as pid')
    await holder.raw('select pg_sleep(0.35)')
    await t.rejects(step(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: new RegExp(`Who blocks: pid ${pid}`) }, sql)
    await holder.rollback()
  }
  await held("update countries set name = 'x'", async () => await hurried.advance())
  const reader = await knex.transaction()
  await reader.raw('select from countries')
  await reader.raw('select pg_sleep(0.35)')
  await hurried.advance()
  t.same(await constraintsOf(knex), ALL, 'readers are no hindrance')
  await reader.rollback()
  await held('select from countries', async () => await hurried.rollback({ to: 'backfill' }))
  await hurried.rollback({ to: 'backfill' })
  t.same(await constraintsOf(knex), [])
})

t.test('D26 CHECK, UNIQUE and FOREIGN KEY are in place and valid at read-new, go with a rollback, and come again', async (t) => {
  const { operator, knex, events } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  t.same(await constraintsOf(knex), [])
  await operator.advance()
  t.same(await constraintsOf(knex), ALL)
  t.match(events.filter((event) => event.type === 'constraint' && event.state === 'in place').map((event) => 'constraint' in event && event.constraint),
    ['not null on total', 'check offers_total_positive', 'foreign key offers_country_foreign', 'unique offers_country_id_unique', 'unique offers_total_unique'])
  for (const [set, code] of [['total = -1', '23514'], ["country = 'xx'", '23503'], ['total = 300', '23505'], ['price = -1', '23514']] as const) {
    await t.rejects(knex.raw(`update offers set ${set} where id = 1`), { code })
  }
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  t.same(await constraintsOf(knex), [])
  await knex.raw("update offers set price = -1, place = 'xx' where id = 1")
  await knex.raw("update offers set price = 1, place = 'de-1' where id = 1")
  await operator.advance({ to: 'drop' })
  t.same(await constraintsOf(knex), ALL)
})

t.test('D26 the constraints of a fresh table are those of the long way', async (t) => {
  const { operator, knex, url } = await createOffers(t, {}, 0)
  await knex.destroy()
  t.match(await operator.migrate(), { transitions: [{ phase: 'drop', fresh: true }] })
  const after = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } })
  t.same(await constraintsOf(after), ALL)
  await after.destroy()
})

t.test('D24 what --dry-run plans of constraints is what runs', async (t) => {
  const { operator, knex } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const ddlOf = ({ steps }: PlanResult): string[] => steps.flatMap(({ statements }) => statements.map(({ statement }) => statement)).filter((statement) => /^(?:create|alter)/.test(statement))
  const plan = ddlOf(await operator.plan())
  await knex.raw('create table executed (id int generated always as identity, statement text)')
  await knex.raw("create function record_ddl () returns event_trigger language plpgsql as $$ begin if current_setting('application_name') = 'vintage operator' then insert into public.executed (statement) values (current_query()); end if; end $$")
  await knex.raw('create event trigger record_ddl on ddl_command_start execute function record_ddl()')
  await operator.advance()
  t.strictSame((await knex('executed').orderBy('id')).map(({ statement }: { statement: string }) => statement), plan)
  t.ok(plan.length >= 9)
  await knex.raw('drop event trigger record_ddl')
})

t.test('D24 what --dry-run says of locks is what the statements take, on both tables of a foreign key', async (t) => {
  const { operator, knex } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const planned = (await operator.plan()).steps.flatMap(({ statements }) => statements)
  for (const table of ['public.offers', 'public.countries']) {
    const read = await recordDdl(knex, [table])
    await operator.advance()
    const recorded = (await read()).filter(({ statement }) => statement.startsWith('alter table'))
    t.equal(recorded.length, planned.filter(({ statement }) => statement.startsWith('alter table')).length)
    for (const ddl of recorded) {
      const { lock = null, holdsUp = '' } = planned.find(({ statement }) => statement === ddl.statement) ?? {}
      const said = table === 'public.offers' || holdsUp.includes('"countries"') ? lock : null
      t.equal(said === 'SHARE UPDATE EXCLUSIVE' ? undefined : said?.replaceAll(' ', '').toLowerCase(), strongLockOf(ddl)?.toLowerCase().replace(/lock$/, ''), `${ddl.statement} on ${table}`)
    }
    await knex.raw('drop event trigger record_ddl; drop event trigger begin_ddl; drop table recorded; drop function rows_read, begin_ddl, record_ddl')
    await operator.rollback({ to: 'backfill' })
  }
})

for (const [what, bad, code, message] of [
  ['a CHECK', 'price = -1', 'FST_ERR_VINTAGE_REFUSED_MISMATCH', /rows do not satisfy check `offers_total_positive`: \{"id":"1"\}, \{"id":"2"\}\. Mend/],
  ['a FOREIGN KEY', "place = 'xx-' || id", 'FST_ERR_VINTAGE_REFUSED_MISMATCH', /foreign key `offers_country_foreign`: \{"id":"1"\}, \{"id":"2"\}\. Mend/],
  ['a UNIQUE', 'price = 7', 'FST_ERR_VINTAGE_REFUSED_INDEX', /Key \(total\)=\(700\) is duplicated/]
] as const) {
  t.test(`D26 ${what} that rows do not satisfy is refused with their keys or value, and nothing of it stays behind`, async (t) => {
    const { operator, knex } = await createOffers(t)
    await operator.migrate()
    await knex.raw(`update offers set ${bad} where id < 3`)
    await t.rejects(operator.advance({ to: 'read-new' }), { code, message })
    t.same(await leftOf(knex), NOTHING, 'nor of those that were in place already')
    await knex.raw("update offers set price = id, place = 'de-' || id")
    t.match(await operator.advance(), { phase: 'read-new' })
    t.same(await constraintsOf(knex), ALL)
  })
}

t.test('D26 of many rows that do not satisfy a CHECK the first five are named', async (t) => {
  const { operator, knex } = await createOffers(t)
  await operator.migrate()
  await knex.raw('update offers set price = -id')
  await t.rejects(operator.advance({ to: 'read-new' }), { message: /\{"id":"5"\}, …\. Mend/ })
})

t.test('D26 which rows do not satisfy a CHECK is looked for within a limit of time', async (t) => {
  const { operator, knex } = await createOffers(t, { checks: { offers_total_in_time: 'public.in_time(total)' } })
  await knex.raw("create function in_time (bigint) returns boolean language plpgsql immutable as $$ begin if current_setting('statement_timeout') = '30s' then raise query_canceled; end if; return $1 > 100; end $$")
  await operator.migrate()
  await t.rejects(operator.advance({ to: 'read-new' }), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /check `offers_total_in_time`, and which they are cannot be seen/ })
})

t.test('D27 what a killed run has left of constraints is taken up again, and goes with a rollback', async (t) => {
  const { operator, knex } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const leave = async (): Promise<void> => {
    await knex.raw('alter table offers add constraint offers_total_positive check (total > 0) not valid')
    // of a run on a Postgres before 18
    await knex.raw('alter table offers add constraint vintage_offers_total_not_null check (total is not null)')
    await knex.raw('create unique index offers_total_unique on offers (total)')
    await knex.raw("insert into vintage.events (transition, event, details) values ('offers.total', 'index', '{\"index\": \"offers_total_unique\"}')")
  }
  await leave()
  await operator.rollback({ to: 'dual-write' })
  t.same(await constraintsOf(knex), [])
  t.equal((await knex.raw("select to_regclass('offers_total_unique') as found")).rows[0].found, null)
  await leave()
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
  t.same(await constraintsOf(knex), ALL)
})

t.test('constraints that could not be added later are refused before any DDL', async (t) => {
  const key = { columns: ['country'], references: { table: 'countries', columns: ['code'] } }
  const refused: [Partial<TransitionDefinition>, string, RegExp][] = [
    [{ checks: { bad: 'total >' } }, 'FST_ERR_VINTAGE_INVALID_TRANSITION', /`checks\.bad` is not an SQL expression/],
    [{ checks: { bad: 'price > 0' } }, 'FST_ERR_VINTAGE_REFUSED_EXPRESSION', /`checks\.bad` cannot be used: price > 0\. It may name only columns of the new side/],
    [{ checks: { bad: 'total > extract(year from now())' } }, 'FST_ERR_VINTAGE_REFUSED_EXPRESSION', /immutable/],
    [{ checks: { offers_pkey: 'total > 0' } }, 'FST_ERR_VINTAGE_REFUSED_COLUMNS', /the name `offers_pkey` of a constraint is taken/],
    [{ unique: [['total', 'nowhere']] }, 'FST_ERR_VINTAGE_REFUSED_COLUMNS', /names column `nowhere`, which/],
    [{ foreignKeys: [{ ...key, references: { table: 'shop.towns', columns: ['code'] } }] }, 'FST_ERR_VINTAGE_REFUSED_COLUMNS', /refers to "shop"\."towns", which does not exist/],
    [{ foreignKeys: [{ ...key, references: { table: 'countries', columns: ['name'] } }] }, 'FST_ERR_VINTAGE_REFUSED_COLUMNS', /refers to name of "public"\."countries", which are not its primary key nor unique/]
  ]
  for (const [change, code, message] of refused) {
    const { operator } = await createOffers(t, change)
    await t.rejects(operator.migrate(), { code, message })
  }
  const invalid: [Partial<TransitionDefinition>, RegExp][] = [
    [{ checks: { '': 'total > 0' } }, /`checks` must say a condition for each name/],
    [{ unique: [['place']] }, /`unique` names `place`, a column of the old side/],
    [{ unique: [['id']] }, /`unique` must name at least one column of `after`, got: id/],
    [{ unique: [[]] }, /got: none/],
    [{ foreignKeys: [{ ...key, columns: ['country', 'total'] }] }, /refers from 2 columns to 1/]
  ]
  for (const [change, message] of invalid) t.throws(() => transition<string, string>({ ...DEFINITION, ...change }), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message })
})

t.test('D19 a value that a CHECK of the new side will refuse sets the row aside', async (t) => {
  const { operator, knex } = await createOffers(t, { onError: 'set-aside', notNull: [], unique: [], foreignKeys: [] })
  await operator.migrate()
  await knex.raw('update offers set price = -1 where id = 3')
  await operator.advance({ to: 'backfill' })
  t.match(await operator.listSetAside(), { rows: [{ key: { id: '3' }, sqlstate: '23514', message: 'what upgrade gives does not satisfy check offers_total_positive' }] })
})

t.test('a condition means what the preflight saw, whatever functions the operator\'s search_path holds', async (t) => {
  const change = { before: { place: 'text' }, after: { country: 'character varying' }, upgrade: { country: "split_part(place, '-', 1)" }, downgrade: { place: "country || '-'" }, notNull: [], unique: [], foreignKeys: [], checks: { offers_country_short: 'length(country) = 2' } }
  const { operator, knex } = await createOffers(t, change)
  await knex.raw("create function public.length (varchar) returns integer language plpgsql immutable as $$ begin raise 'not this one'; end $$")
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  t.same(await constraintsOf(knex), ['offers_country_short: CHECK ((length((country)::text) = 2))'], 'the one of pg_catalog, which takes text')
})

t.test('a NOT NULL that is in place already goes when the phase goes back before the backfill', async (t) => {
  const { operator, knex } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table offers alter column total set not null')
  t.match(await operator.rollback({ to: 'dual-write' }), { phase: 'dual-write' })
  t.match((await knex.raw("select attnotnull as required from pg_attribute where attrelid = 'offers'::regclass and attname = 'total'")).rows, [{ required: false }])
})

t.test('D27 what a killed run has left of constraints goes before the next one is refused, and does not keep rows from being set aside', async (t) => {
  const { operator, knex } = await createOffers(t, { onError: 'set-aside' })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const native = await majorOf(knex) >= 18
  const leave = async (): Promise<void> => {
    await knex.raw('alter table offers add constraint offers_total_positive check (total > 0) not valid, add constraint vintage_offers_total_not_null check (total is not null) not valid')
    if (native) await knex.raw('alter table offers add constraint offers_total_not_null not null total not valid')
  }
  await leave()
  await knex.raw('alter table offers disable trigger user')
  await knex.raw('update offers set price = null, vintage_offers_total_pending = true where id = 3')
  await knex.raw('alter table offers enable always trigger zz_vintage_offers_total_update, enable always trigger zz_vintage_offers_total_insert')
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message: /id = 3: 23502/ })
  t.same(await leftOf(knex), NOTHING)
  await leave()
  t.match(await operator.advance({ to: 'backfill' }), { steps: [] })
  t.same(await leftOf(knex), NOTHING, 'a phase that is not left has none')
  await knex.raw('update offers set price = 3 where id = 3')
  await leave()
  t.match(await operator.advance(), { phase: 'read-new' })
  t.same(await constraintsOf(knex), ALL)
})

t.test('D27 constraints that are in place go when the step is called off, but not when another operator has taken over', async (t) => {
  const { operator, open, knex } = await createOffers(t)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const stop = new AbortController()
  const stopping = await open({ signal: stop.signal, report: (event) => { if (event.type === 'constraint' && event.constraint === 'unique offers_total_unique') stop.abort() } })
  await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.same(await leftOf(knex), NOTHING)
  let taken: Promise<unknown> | undefined
  const sleeper = await open({
    report: (event) => { if (event.type === 'constraint' && event.constraint === 'not null on total' && event.state === 'in place') taken = knex.raw("update vintage.transitions set operator = 'Bob', operator_token = operator_token + 1, operator_until = now()").then(() => {}) }
  })
  await t.rejects(sleeper.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE', message: /Bob has taken over/ })
  await taken
  t.match(await leftOf(knex), { required: ['total'] }, 'who goes on from what is there')
  t.match(await operator.advance(), { phase: 'read-new' })
  t.same(await constraintsOf(knex), ALL)
})
