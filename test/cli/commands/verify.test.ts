import t from 'tap'
import { namesOf } from '../../../src/data/names.js'
import { createShop } from '../shop.js'

t.test('verify says that all rows are in sync, and how many are still to be filled', async (t) => {
  const { vintage } = await createShop(t, 30)
  await vintage(['migrate'])
  t.match(await vintage(['verify']), { exitCode: 0, stdout: 'users.full_name: 30 rows checked, 30 of them still to be filled: in sync\n' })
  await vintage(['advance'])
  t.match(await vintage(['verify', 'users.full_name']), { exitCode: 0, stdout: 'users.full_name: 30 rows checked: in sync\n' })
})

t.test('D23 verify lists rows out of sync by their key, and exits with 1', async (t) => {
  const { vintage, database } = await createShop(t, 30)
  await vintage(['migrate'])
  await vintage(['advance'])
  const { updateTrigger } = namesOf('users.full_name')
  const damage = async (where: string): Promise<void> => {
    await database.knex.raw(`alter table users disable trigger ${updateTrigger}; update users set full_name = 'Nobody' where ${where}; alter table users enable always trigger ${updateTrigger}`)
  }
  await damage('id = 7')
  const one = await vintage(['verify'])
  t.match(one, { exitCode: 1, stdout: 'users.full_name: 1 of 30 rows are out of sync\n  id = 7\n' })
  await damage('id > 5')
  t.match(await vintage(['verify']), { exitCode: 1, stdout: /^users\.full_name: 25 of 30 rows are out of sync\n( {2}id = \d+\n){20} {2}and 5 more\n$/ })
  const { stdout } = await vintage(['verify', '--json'])
  t.match(JSON.parse(stdout), { ok: false, checkedRows: 30, mismatchedRows: 25 })
})
