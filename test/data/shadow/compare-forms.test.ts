import t from 'tap'
import type { Session } from '../../../src/data/database.js'
import { poolSessions } from '../../../src/data/online/knex-sessions.js'
import { compareForms } from '../../../src/data/shadow/compare-forms.js'
import type { TransitionForms } from '../../../src/data/shadow/shadow-forms.js'
import { createDatabase } from '../../database.js'

const { knex } = await createDatabase(t)

const SERVED = 'select 1 as a'
const SLOW = 'select 1 as a from pg_sleep(60)'
const FORMS: TransitionForms = { transition: 'a.b', coming: SERVED, expected: SERVED, filled: SERVED }

/** @param asksOld as for `compareForms` */
async function compare (forms: Partial<TransitionForms>, asksOld = true): Promise<string> {
  return await poolSessions(knex.client).transaction(async (session: Session) => {
    await session.query('set local statement_timeout = 100')
    const { verdict, isOldTooSlow } = await compareForms(session, { served: SERVED }, { ...FORMS, ...forms }, [], asksOld)
    await session.query('select 1')
    return isOldTooSlow ? `${verdict}, old too slow` : verdict
  })
}

t.test('what read-new gives is compared before the old side is asked, which may be too slow', async (t) => {
  t.equal(await compare({}), 'same')
  t.equal(await compare({ expected: 'select 2 as a' }), 'different')
  t.equal(await compare({ expected: SLOW }), 'same, old too slow')
  t.equal(await compare({ expected: SLOW }, false), 'same')
  t.equal(await compare({ coming: 'select 2 as a', expected: SLOW }), 'different')
})

t.test('a statement that read-new does not understand is different; one that only fails there is not told', async (t) => {
  t.equal(await compare({ coming: 'select nobody as a' }), 'different')
  await t.rejects(compare({ coming: 'select 1 / 0 as a' }), { code: '22012' })
  await t.rejects(compare({ coming: SLOW }), { code: '57014' })
})

t.test('a difference is unsure where the statement meets a row that is still to be filled, and the old side may tell all the same', async (t) => {
  const pending = { coming: 'select 2 as a', filled: 'select 1 / 0 as a' }
  t.equal(await compare(pending), 'unsure')
  t.equal(await compare({ ...pending, expected: 'select 3 as a' }), 'different')
  t.equal(await compare({ ...pending, expected: SLOW }), 'unsure, old too slow')
  await t.rejects(compare({ ...pending, filled: SLOW }), { code: '57014' })
})
