import t from 'tap'
import { createShop } from '../shop.js'

t.test('advance --dry-run prints SQL with its locks as comments, and changes nothing', async (t) => {
  const { vintage } = await createShop(t, 5)
  await vintage(['migrate'])
  const { exitCode, stdout } = await vintage(['advance', '--to', 'hide', '--dry-run'])
  t.equal(exitCode, 0)
  t.match(stdout, /^-- users\.full_name: dual-write → hide; nothing of this has been run\n\n-- into backfill\n-- ROW EXCLUSIVE: holds up writes of the rows of one batch\nupdate "public"\."users"/)
  t.match(stdout, /-- ACCESS EXCLUSIVE: holds up reads and writes of the table, for 500 ms at most\nalter table "public"\."users" rename column/)
  t.match(stdout, /-- no lock on the table: holds up nothing\ncreate or replace function/)
  t.match(await vintage(['status']), { stdout: /dual-write/ })
  const { stdout: json } = await vintage(['advance', 'users.full_name', '--dry-run', '--json'])
  t.match(JSON.parse(json), { from: 'dual-write', to: 'backfill', steps: [{ phase: 'backfill', statements: [{ lock: 'ROW EXCLUSIVE' }] }] })
  await vintage(['rollback', '--to', 'expand', '--yes'])
  t.match(await vintage(['advance', '--to', 'expand', '--dry-run']), { exitCode: 0, stdout: '-- users.full_name is at expand: nothing leads on to expand\n' })
})

t.test('advance --dry-run asks for a name where it is not clear which transition is meant, and knows no other', async (t) => {
  const { vintage } = await createShop(t, 5)
  t.match(await vintage(['advance', '--dry-run']), { exitCode: 2 })
  t.match(await vintage(['advance', 'users.nickname', '--dry-run']), { exitCode: 2 })
})
