import t from 'tap'
import { otherRelationOf, phaseRowOf } from '../../../src/data/fleet/phase-rows.js'

t.test('a row that this build does not understand is refused, not guessed at', async (t) => {
  const table = { schema: 'public', table: 'users', visible: true, columns: ['id'], uniqueKeys: [{ name: 'users_pkey', columns: ['id'] }] }
  const row = { name: 'users.x', phase: 'hide', epoch: '3', definition: {}, tables: [table] }
  t.match(phaseRowOf(row), row)
  for (const wrong of [null, { ...row, phase: 'x' }, { ...row, epoch: 3 }, { ...row, tables: [{ ...table, columns: [1] }] }, { ...row, tables: [{ ...table, uniqueKeys: [1] }] }, { ...row, tables: [{ ...table, uniqueKeys: undefined }] }, { ...row, tables: 1 }]) {
    t.throws(() => phaseRowOf(wrong), { name: 'TypeError', message: /does not understand/ })
  }
  for (const wrong of [1, { schema: 'public', table: 'users', visible: 1, namesakes: [] }]) t.throws(() => otherRelationOf(wrong), { name: 'TypeError' })
})
