import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { createGround, named, type Ground } from './fixtures.js'

/** Only what is longer than any generated value is cut. */
const SHORTENED = transition<string, string>({ table: 'notes', before: { note: 'text' }, after: { remark: 'text' }, upgrade: { remark: 'left(note, 5000)' }, downgrade: { note: 'remark' } })

/** Each time that it goes there a long one becomes shorter. */
const SHORTENING = { ...SHORTENED, upgrade: { remark: 'case when length(note) > 5000 then left(note, -1) else note end' } } as const

async function createNotes (t: Test, change: Partial<TransitionDefinition>, setUp = ''): Promise<Ground> {
  return await createGround(t, async (knex) => {
    await knex.raw(`create table notes (id integer primary key, note text); ${setUp}`)
    await knex.raw("insert into notes select n, case n when 777 then repeat('x', 6000) else 'note ' || n end from generate_series(1, 1000) n")
  }, { transitions: await named({ 'notes.remark': transition<string, string>({ ...SHORTENED, ...change }) }) })
}

async function columnsOf (knex: Knex): Promise<string[]> {
  return Object.keys(await knex('notes').columnInfo()).sort()
}

t.test('D10 a loss that only a row of the table shows is refused before any DDL, and is not once it is declared', async (t) => {
  const { operator, open, knex } = await createNotes(t, {})
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOSS', message: /^transition `notes\.remark`: it says nothing of a loss .* `downgrade` does not give back what `upgrade` was given: \{"note": "x{200,} … becomes \{"remark": "x+ …, and that becomes .*; so with 1 of 1000 sampled rows\. .* `lossy: 'downgrade'`$/ })
  t.strictSame(await columnsOf(knex), ['id', 'note'])
  t.match((await operator.status()).transitions, [{ phase: null, next: 'expand' }])
  const declared = await open({ transitions: await named({ 'notes.remark': transition({ ...SHORTENED, lossy: 'downgrade' }) }) })
  t.match(await declared.migrate(), { transitions: [{ phase: 'dual-write' }] })
  t.match(await operator.migrate(), { transitions: [] }, 'what has begun is not looked at again, and what is said of a loss makes no other definition')
})

t.test('D10 a constraint that old rows need not satisfy does not hide the one that does not', async (t) => {
  const { operator, knex } = await createNotes(t, {})
  await knex.raw('alter table notes add constraint notes_short check (length(note) < 5000) not valid')
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOSS', message: /so with 1 of 1000 sampled rows\./ })
})

t.test('D10 a loss of the new side, which has no rows yet, is refused before any DDL, and is not once it is declared', async (t) => {
  const change = { upgrade: { remark: "'#' || note" }, downgrade: { note: 'substr(remark, 2)' } }
  const { operator, open, knex } = await createNotes(t, change)
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOSS', message: /`upgrade` does not give back what `downgrade` was given: \{"remark": ".*"\} becomes \{"note": ".*"\}, and that becomes \{"remark": "#.*"\}; so with \d+ of \d+ generated values\. .* `lossy: 'upgrade'`$/ })
  t.strictSame(await columnsOf(knex), ['id', 'note'])
  const declared = await open({ transitions: await named({ 'notes.remark': transition({ ...SHORTENED, ...change, lossy: 'upgrade' }) }) })
  t.match(await declared.migrate(), { transitions: [{ phase: 'dual-write' }] })
})

t.test('D10 a row that becomes something else each time that it goes there and back is a loss of both directions', async (t) => {
  for (const lossy of [undefined, 'downgrade'] as const) {
    const { operator } = await createNotes(t, { ...SHORTENING, ...lossy === undefined ? {} : { lossy } })
    await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOSS', message: /with 1 of 1000 sampled rows\. .* `lossy: 'both'`$/ })
  }
})

t.test('D10 a bijection begins, and of a table with many pages only some are looked at', async (t) => {
  const { operator, open, knex } = await createNotes(t, { upgrade: { remark: 'note' } })
  await knex.raw("insert into notes select n, repeat('y', 1500) from generate_series(1001, 3000) n")
  const emptying = await open({ transitions: await named({ 'notes.remark': transition<string, string>({ ...SHORTENED, upgrade: { remark: "case when length(note) = 1500 then '' else note end" } }) }) })
  const { message } = Object(await emptying.migrate().catch((error: unknown) => error))
  const [, lost, tried] = /with (\d+) of (\d+) sampled rows/.exec(message) ?? []
  t.ok(Number(lost) > 0 && Number(lost) < 500, `${lost} of ${tried}, five on each of some 64 pages`)
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write' }] })
})

t.test('D10 who keeps readers out of the table is named', async (t) => {
  const { operator, open, knex } = await createNotes(t, { lossy: 'downgrade' })
  const hurried = await open({ lockAttempts: 2, lockDeadlineMs: 200 })
  const holder = await knex.transaction()
  await holder.raw('lock table notes')
  const { rows: [{ pid }] } = await holder.raw('select pg_backend_pid() as pid')
  await t.rejects(hurried.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: new RegExp(`expand: gave up after 2 attempts, nothing was changed .*Who blocks: pid ${pid}`) })
  await holder.rollback()
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write' }] })
})
