import t from 'tap'
import { createShop } from '../shop.js'

t.test('migrate runs the migrations, and takes all phases at once where the table is empty', async (t) => {
  const { vintage, database } = await createShop(t, 0)
  const { exitCode, stdout, stderr } = await vintage(['migrate'])
  t.equal(exitCode, 0, stderr)
  t.equal(stdout, 'migration 20260101_users\ntransition users.full_name: drop (the table is empty)\n')
  t.match(stderr, /migration 20260101_users has run\n/)
  t.same(Object.keys(await database.knex('users').columnInfo()).sort(), ['full_name', 'id', 'note'])
  t.match(await vintage(['migrate']), { exitCode: 0, stdout: /^nothing to do/ })
})

t.test('migrate begins a transition on a table with rows, and says what comes next', async (t) => {
  const { vintage } = await createShop(t, 3)
  const { exitCode, stdout, stderr } = await vintage(['migrate'])
  t.equal(exitCode, 0, stderr)
  t.equal(stdout, 'transition users.full_name: dual-write\nnext: vintage advance  (fills the new columns of all rows)\n')
  t.match(stderr, /users\.full_name: expand \(epoch \d+\)\n.*users\.full_name: expand → dual-write/s)
})

t.test('migrate --json prints one document, and messages stay on stderr', async (t) => {
  const { vintage } = await createShop(t, 0)
  const { stdout, stderr } = await vintage(['migrate', '--json'])
  t.same(JSON.parse(stdout), { migrations: ['20260101_users'], transitions: [{ transition: 'users.full_name', phase: 'drop', fresh: true }] })
  t.match(stderr, /migration 20260101_users has run/)
})

t.test('D31 migrate is refused while a publication carries the table, and takes --subscribers-ready for an answer', async (t) => {
  const { vintage, database } = await createShop(t, 3)
  await database.knex.raw('create publication shop for table users (id)')
  t.match(await vintage(['migrate']), { exitCode: 3, stderr: /publication shop carries "public"\."users"/ })
  t.match(await vintage(['migrate', '--subscribers-ready']), { exitCode: 0, stdout: /users\.full_name: dual-write/ })
  t.match(await vintage(['advance', '--to', 'hide', '--yes', '--stray-window', '1s']), { exitCode: 0 })
})
