import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, named, type Ground } from './fixtures.js'

const BUMP = "create function bump() returns trigger language plpgsql as 'begin NEW.ver := NEW.ver + 1; return NEW; end'"
const AUDIT = "create table audit (what text); create function audit() returns trigger language plpgsql as 'begin insert into public.audit values (TG_NAME); return null; end'"

async function createTriggers (knex: Knex, ...triggers: readonly string[]): Promise<void> {
  for (const trigger of triggers) await knex.raw(`create ${trigger}`)
}

async function bumped (knex: Knex): Promise<number> {
  return (await knex('users').where('ver', '>', 0)).length
}

t.test('D21 triggers that would fire are named, and no row is touched before the operator has agreed to them', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 5)
    await knex.raw(`${BUMP}; ${AUDIT}; alter table users add initial text generated always as (left(first_name, 1)) stored`)
    await knex.raw('create table notes (id integer primary key, of_user integer references users (id) on update cascade deferrable)')
    await createTriggers(knex,
      'trigger a_bump before update on users for each row execute function bump()',
      'trigger a_statement after update on users for each statement execute function audit()',
      'constraint trigger b_checked after insert or update on users deferrable initially deferred for each row execute function audit()',
      'trigger c_initial after update of initial on users for each row execute function audit()',
      'trigger d_when after update on users for each row when (OLD.note is distinct from NEW.note) execute function audit()',
      // these do not fire
      'trigger n_inserted after insert on users for each row execute function audit()',
      'trigger n_column before update of first_name, note on users for each row execute function bump()',
      'trigger n_disabled before update on users for each row execute function bump()',
      'trigger n_replica before update on users for each row execute function bump()')
    await knex.raw('alter table users disable trigger n_disabled, enable replica trigger n_replica')
  })
  await operator.migrate()
  // nor does this one: the statement sets the marker alone
  await createTriggers(knex, 'trigger n_filled before update of full_name on users for each row execute function bump()')
  const message = /would fire `a_bump` \(before each row, public\.bump\), `a_statement` \(after each statement, public\.audit\), `b_checked` \(after each row, public\.audit\), `c_initial` \(.*\), `d_when` \([^`]*\)\. Nothing .*--fire-triggers/
  t.match((await operator.plan()).steps, [{ statements: [{ statement: /^update .*; fires `a_bump` .*--fire-triggers$/ }] }])
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message })
  t.match(await operator.status(), { transitions: [{ phase: 'dual-write', pendingRows: 5 }] })
  t.equal(await bumped(knex), 0)
  t.strictSame(await knex('audit'), [])
  await (await open({ fireTriggers: true, by: 'ada' })).advance()
  t.equal(await bumped(knex), 5)
  t.strictSame((await knex('audit').distinct('what').orderBy('what')).map(({ what }) => what), ['a_statement', 'b_checked', 'c_initial'])
  t.match(events.find(({ type }) => type === 'triggers'), { triggers: [/a_bump/, /a_statement/, /b_checked/, /c_initial/, /d_when/] })
  t.match(await knex('vintage.events').where({ event: 'fire-triggers' }), [{ by: 'ada', phase: 'dual-write', details: { triggers: [{ name: 'a_bump', runs: 'public.bump' }, {}, {}, {}, {}] } }])
})

t.test('D21 a trigger for replicas fires where the operator is one, and a name that runs another function is not the one agreed to', async (t) => {
  const { operator, open, url, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 2)
    await knex.raw(`${BUMP}; create schema "a b"; alter function bump set schema "a b"`)
    await createTriggers(knex, 'trigger a_bump before update on users for each row execute function "a b".bump()')
  })
  await operator.migrate()
  const replica = await open({ connection: `${url}?options=-c%20session_replication_role%3Dreplica`, fireTriggers: true })
  await replica.advance()
  t.equal(await bumped(knex), 0)
  t.match(await knex('vintage.events').where({ event: 'fire-triggers' }), [], 'it did not fire')
  await operator.rollback({ to: 'expand' })
  await operator.advance()
  await knex.raw('alter table users enable replica trigger a_bump')
  await replica.advance()
  t.equal(await bumped(knex), 2)
  t.match(await knex('vintage.events').where({ event: 'fire-triggers' }), [{ details: { triggers: [{ runs: '"a b".bump' }] } }])
  await operator.rollback({ to: 'expand' })
  await operator.advance()
  await knex.raw(`${BUMP}; drop trigger a_bump on users`)
  await createTriggers(knex, 'trigger a_bump before update on users for each row execute function bump()')
  await t.rejects(operator.advance(), { message: /would fire `a_bump` \(before each row, public\.bump\)/ })
})

/** An operator who stops after each batch, so that something can be done between two. */
async function fillSome (t: Test, { open, events }: Ground): Promise<void> {
  const stop = new AbortController()
  const operator = await open({ batchRows: 3, signal: stop.signal, report: (event) => { events.push(event); if (event.type === 'backfill') stop.abort() } })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
}

t.test('D21 what was agreed to holds for the next run; a trigger that has come since is named, and asked for again', async (t) => {
  const ground = await createGround(t, async (knex) => {
    await createUsers(knex, 10)
    await knex.raw(BUMP)
    await createTriggers(knex, 'trigger a_bump before update on users for each row execute function bump()')
  }, { fireTriggers: true })
  const { operator, open, knex } = ground
  await operator.migrate()
  await fillSome(t, ground)
  t.equal(await bumped(knex), 3)
  const silent = await open({ fireTriggers: false })
  await createTriggers(knex, 'trigger b_bump before update on users for each row execute function bump()')
  await t.rejects(silent.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message: /would fire `b_bump` \(before each row, public\.bump\)\./ })
  t.equal(await bumped(knex), 3)
  await knex.raw('drop trigger b_bump on users')
  await silent.advance({ to: 'backfill' })
  t.equal(await bumped(knex), 10)
  await createTriggers(knex, 'trigger b_bump before update on users for each row execute function bump()')
  await silent.advance({ to: 'read-new' })
  t.match(await knex('users').max('ver as ver').first(), { ver: 1 }, 'all was filled: it fires for nothing')
})

t.test('D21 a trigger that comes between two batches undoes the batch that it fires in', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 10)
    await knex.raw(BUMP)
  })
  await operator.migrate()
  let made: Promise<unknown> | undefined
  const filling = await open({ batchRows: 2, maxRowsPerSecond: 10, report: (event) => { if (event.type === 'backfill') made ??= createTriggers(knex, 'trigger a_bump before update on users for each row execute function bump()') } })
  await t.rejects(filling.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message: /`a_bump`/ })
  await made
  t.equal(await bumped(knex), 0)
  t.match(await operator.status(), { transitions: [{ phase: 'backfill', backfill: { filledRows: 2 } }] })
})

t.test('D21 where rows may be set aside the marker alone is set, and a retry asks for triggers that have come since', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => {
    await knex.raw(`create table users (id integer primary key, age text, note text, ver integer not null default 0); ${BUMP}`)
    await knex.raw("insert into users (id, age) values (1, '41'), (2, 'unknown')")
  }, { transitions: await named({ 'users.full_name': transition({ table: 'users', before: { age: 'text' }, after: { years: 'integer' }, upgrade: { years: 'age::integer' }, downgrade: { age: 'years::text' }, lossy: 'downgrade', onError: 'set-aside' }) }) })
  await operator.migrate()
  await createTriggers(knex, 'trigger a_years before update of years on users for each row execute function bump()')
  await operator.advance()
  await createTriggers(knex, 'trigger b_marker before update of vintage_users_full_name_pending on users for each row execute function bump()')
  await t.rejects(operator.retrySetAside(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message: /would fire `b_marker`/ })
  const agreeing = await open({ fireTriggers: true })
  t.match(await agreeing.retrySetAside(), { filledRows: 0, setAsideRows: 1 })
  t.match(await operator.releaseSetAside(), { releasedRows: 1 })
  t.strictSame(await knex('users').orderBy('id').pluck('ver'), [0, 2])
})
