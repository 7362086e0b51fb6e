import t from 'tap'
import { createShop } from '../shop.js'

t.test('D27 sweep says what is left over, and takes it away', async (t) => {
  const { vintage, database } = await createShop(t, 3)
  await vintage(['migrate'])
  t.match(await vintage(['sweep']), { exitCode: 0, stdout: 'nothing is left over\n' })
  await database.knex('vintage.transitions').del()
  t.match(await vintage(['sweep', '--dry-run']), { exitCode: 0, stdout: /^left over: trigger zz_vintage_users_full_name_insert of "public"\."users"\n {2}drop trigger .*;\n.*left over: function users_full_name_insert\n/s })
  t.match(await vintage(['sweep']), { exitCode: 0, stdout: /^gone: trigger zz_vintage_users_full_name_insert of "public"\."users"\ngone: .*gone: marker vintage_users_full_name_pending of "public"\."users"\n$/s })
})
