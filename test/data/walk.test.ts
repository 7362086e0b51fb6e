import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

t.test('a table goes through every phase, and its old columns are gone at the end', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 25), { batchRows: 4 })
  t.match(await operator.migrate(), { migrations: [], transitions: [{ transition: 'users.full_name', phase: 'dual-write', fresh: false }] })
  for (const phase of ['backfill', 'read-new', 'hide', 'drop']) {
    t.match(await operator.advance(), { phase, steps: [phase] })
    t.equal((await operator.status()).transitions[0]?.phase, phase)
  }
  t.same(await knex('users').where({ id: 7 }).first(), { id: 7, note: null, ver: 0, full_name: 'First7 Last7' })
})
