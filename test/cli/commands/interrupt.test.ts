import t from 'tap'
import { createShop } from '../shop.js'

t.test('Ctrl-C in a backfill keeps what is filled, and the same command goes on', async (t) => {
  const { vintage, database } = await createShop(t, 3_000)
  await vintage(['migrate'])
  const controller = new AbortController()
  const stopped = await vintage(['advance', '--batch-rows', '10', '--json'], {
    signal: controller.signal,
    onMessage (stderr) {
      if (/backfill \d+/.test(stderr)) controller.abort()
    }
  })
  t.match(stopped, { exitCode: 130, stderr: /stopped by Ctrl-C\. What was done is kept; run the same command again to go on\.\n$/ })
  const [left] = await database.knex('users').whereNull('full_name').count({ rows: '*' })
  t.ok(Number(left?.rows) > 0 && Number(left?.rows) < 3_000, `${left?.rows} rows are left`)
  t.match(await vintage(['status']), { stdout: /│ backfill .*\nnext: vintage advance {2}\(fills/s })
  t.match(await vintage(['advance']), { exitCode: 0, stdout: /is at backfill already; nothing left to do\nnext: vintage advance {2}\(verifies/ })
  t.match(await database.knex('users').whereNull('full_name'), [])
})

t.test('an error that comes after Ctrl-C is told with its own exit code, not hidden', async (t) => {
  const { vintage, database } = await createShop(t, 5)
  await vintage(['migrate'])
  await vintage(['advance', '--to', 'read-new'])
  await database.knex.raw('alter table users rename last_name to surname')
  const controller = new AbortController()
  const failed = await vintage(['advance', '--to', 'hide', '--yes'], { signal: controller.signal, onMessage: () => controller.abort() })
  t.match(failed, { exitCode: 3, stderr: /no longer has `last_name`/ })
  const asked = await vintage(['advance'], { typed: '\x03' })
  t.match(asked, { exitCode: 130, stderr: /stopped.* by Ctrl-C/ })
})
