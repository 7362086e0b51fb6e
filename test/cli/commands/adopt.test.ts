import t from 'tap'
import { createShop } from '../shop.js'

t.test('D29 adopt takes a copy over, and a step before it is refused with exit code 3', async (t) => {
  const { vintage, database: { knex } } = await createShop(t, 5)
  await vintage(['migrate'])
  t.match(await vintage(['adopt']), { exitCode: 0, stdout: 'this database is no copy that could be told: nothing to do\n' })
  await knex('vintage.origin').update({ database_oid: 1, database_name: 'shop' })
  t.match(await vintage(['advance']), { exitCode: 3, stderr: /is a copy of `shop` .*`vintage adopt` takes the copy over/ })
  t.match(await vintage(['status']), { exitCode: 0, stdout: /^this database is a copy of `shop` \(cluster -?\d+, oid 1\): `vintage adopt` takes it over, and nothing moves before\n/ })
  t.match(JSON.parse((await vintage(['status', '--json'])).stdout), { copyOf: { databaseName: 'shop' }, transitions: [{}] })
  t.match(await vintage(['adopt']), { exitCode: 0, stdout: /^taken over from `shop` \(.*\)\nusers\.full_name: goes on at dual-write\n/ })
  t.match(await vintage(['advance']), { exitCode: 0 })
})
