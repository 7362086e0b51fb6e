import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition } from '../../src/data/transition.js'
import { copyDatabase } from '../database.js'
import { createGround, createUsers, FULL_NAME, named, type Ground } from './fixtures.js'
import { openKnex } from './online/fixtures.js'

const UNIQUE = 'users_full_name_unique'
const INDEX = 'users_note_index'

/** `users` at backfill again, after all that the new side needs was there once. */
async function createReturned (t: Test): Promise<Ground> {
  const definition = transition<string, string>({ ...FULL_NAME, unique: [['full_name']], indexes: [{ columns: ['note'], unique: true, name: INDEX }] })
  const ground = await createGround(t, async (knex) => await createUsers(knex, 5), { transitions: await named({ 'users.full_name': definition }) })
  await ground.operator.migrate()
  await ground.operator.advance({ to: 'read-new' })
  await ground.operator.rollback({ to: 'backfill' })
  return ground
}

async function has (knex: Knex, index: string): Promise<boolean> {
  return (await knex.raw('select to_regclass(?) is not null as found', [index])).rows[0].found
}

t.test('D27 an index that somebody has built by hand under the name of one of ours that has gone is not taken back with the constraints', async (t) => {
  const { knex, open } = await createReturned(t)
  await knex.raw(`create unique index ${UNIQUE} on users (full_name)`)
  const stopAt = async (what: string): Promise<void> => {
    const stop = new AbortController()
    const stopping = await open({ signal: stop.signal, report: (event) => { if (event.type === 'constraint' && event.constraint === what && event.state === 'validating') stop.abort() } })
    await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  }
  await stopAt(`unique ${UNIQUE}`)
  t.equal(await has(knex, UNIQUE), true, 'it stays where it is')
  await knex.raw(`drop index ${UNIQUE}`)
  // as a run that was killed has left it
  await knex('vintage.events').insert({ transition: 'users.full_name', event: 'index', details: { index: UNIQUE } })
  await knex.raw(`create unique index ${UNIQUE} on users (full_name)`)
  await stopAt(`unique ${UNIQUE}`)
  t.equal(await has(knex, UNIQUE), false, 'and goes where nothing else is known of it')
  await knex.raw(`create unique index ${UNIQUE} on users (full_name)`)
  await stopAt(`unique ${UNIQUE}`)
  t.equal(await has(knex, UNIQUE), true, 'once')
})

t.test('D27 an index that somebody has built by hand in the place of one of ours is not taken back with it', async (t) => {
  const { operator, knex } = await createReturned(t)
  await operator.advance({ to: 'read-new' })
  await knex.raw(`drop index ${INDEX}; create unique index ${INDEX} on users (note)`)
  await operator.rollback({ to: 'backfill' })
  t.equal(await has(knex, INDEX), true)
})

t.test('D27 an invalid index under the name of one of ours that has gone is not swept, nor dropped by the next run; one of ours is', async (t) => {
  const { operator, knex } = await createReturned(t)
  await knex.raw(`drop index if exists ${INDEX}`)
  const leaveInvalid = async (): Promise<void> => {
    await knex.raw("update users set note = 'same'")
    await t.rejects(knex.raw(`create unique index concurrently ${INDEX} on users (note)`), { code: '23505' })
  }
  await leaveInvalid()
  t.strictSame((await operator.sweep()).objects, [])
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /taken by an invalid index that this transition has not built/ })
  await knex.raw(`drop index ${INDEX}`)
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /is duplicated/ })
  t.equal(await has(knex, INDEX), false, 'the one of this run was its own')
  await leaveInvalid()
  t.strictSame((await operator.sweep()).objects, [], 'and has gone')
  await knex('vintage.events').insert({ transition: 'users.full_name', event: 'index', details: { index: INDEX } })
  t.match((await operator.sweep()).objects, [{ kind: 'index', name: INDEX }])
  t.equal(await has(knex, INDEX), false)
  await operator.rollback({ to: 'dual-write' })
  await knex('vintage.events').insert({ transition: 'users.full_name', event: 'index', details: { index: INDEX } })
  await operator.rollback({ to: 'expand' })
  await leaveInvalid()
  t.strictSame((await operator.sweep()).objects, [], 'what was begun before the new columns went has gone with them')
})

t.test('D27 an index that a killed run has built is known again by the next one', async (t) => {
  const { operator, knex } = await createReturned(t)
  await knex.raw(`drop index if exists ${INDEX}; create unique index ${INDEX} on users (note)`)
  const { rows: [{ oid }] } = await knex.raw('select to_regclass(?)::oid::text as oid', [INDEX])
  await knex('vintage.events').insert({ transition: 'users.full_name', event: 'index', details: { index: INDEX } })
  await operator.advance()
  t.match(await knex('vintage.events').where({ event: 'index-built' }).whereRaw("details ->> 'index' = ?", [INDEX]).orderBy('id', 'desc').first(), { details: { oid } })
})

t.test('D29 whoever adopts a restored copy, whose indexes have other numbers, knows those of ours again', async (t) => {
  const { operator, knex, url, open } = await createReturned(t)
  await operator.advance()
  await Promise.all([operator.close(), knex.destroy()])
  const copyUrl = await copyDatabase(t, url)
  const copy = openKnex(t, copyUrl)
  await copy.raw(`drop index ${INDEX}; create unique index ${INDEX} on users (note); create index users_of_theirs on users (note)`)
  const adopting = await open({ connection: copyUrl })
  await adopting.adopt()
  t.match(await copy('vintage.events').where({ event: 'index-built' }).orderBy('id', 'desc').first(), { transition: 'users.full_name', phase: 'read-new', details: { oid: /^\d+$/ } })
  await adopting.rollback({ to: 'backfill' })
  t.equal(await has(copy, INDEX), false)
  t.equal(await has(copy, 'users_of_theirs'), true)
})

for (const by of ['the way back to backfill', 'the way back to expand', 'a step that has failed'] as const) {
  t.test(`D29 indexes that somebody has built in the origin under names of ours that have gone by ${by} are not known again in a copy`, async (t) => {
    const { operator, knex, url, open } = await createReturned(t)
    if (by === 'a step that has failed') {
      const stop = new AbortController()
      const stopping = await open({ signal: stop.signal, report: (event) => { if (event.type === 'constraint' && event.constraint === `unique ${UNIQUE}` && event.state === 'in place') stop.abort() } })
      await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
      await stopping.close()
    }
    if (by === 'the way back to expand') await operator.rollback({ to: 'expand' })
    t.equal(await has(knex, UNIQUE), false)
    await knex.raw(`drop index if exists ${INDEX}; create unique index ${UNIQUE} on users (full_name); create unique index ${INDEX} on users (note)`)
    const built = async (knex: Knex): Promise<unknown> => await knex('vintage.events').where({ event: 'index-built' }).whereRaw("details ->> 'index' = any (?)", [[UNIQUE, INDEX]])
    const before = await built(knex)
    await Promise.all([operator.close(), knex.destroy()])
    const copyUrl = await copyDatabase(t, url)
    await (await open({ connection: copyUrl })).adopt()
    t.strictSame(await built(openKnex(t, copyUrl)), before)
  })
}
