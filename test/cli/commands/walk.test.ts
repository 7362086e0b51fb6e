import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { createShop } from '../shop.js'

t.test('advance takes one phase after the other, and says each time what comes next', async (t) => {
  const { vintage, database } = await createShop(t, 50)
  await vintage(['migrate'])
  const backfill = await vintage(['advance'])
  t.equal(backfill.exitCode, 0, backfill.stderr)
  t.match(backfill.stdout, /^users\.full_name is at backfill\nnext: vintage advance {2}\(verifies every row/)
  t.match(backfill.stderr, /^users\.full_name: dual-write → backfill \(epoch \d+\)$/m)
  t.match(backfill.stderr, /users\.full_name: backfill done: 50 rows/)
  const readNew = await vintage(['advance'])
  t.match(readNew, { exitCode: 0, stdout: /^users\.full_name is at read-new\nnext: vintage advance {2}\(renames the old columns/ })
  t.match(readNew.stderr, /users\.full_name: verification done: 50 rows/)
  t.match(await vintage(['advance', '--yes']), { exitCode: 0, stdout: /^users\.full_name is at hide\n/ })
  t.match(await vintage(['advance', '--yes']), { exitCode: 0, stdout: /^users\.full_name is at drop\nnext: nothing, this transition is done\n/ })
  t.match(await vintage(['advance', '--to', 'drop']), { exitCode: 0, stdout: 'nothing to do: every transition is done\n' })
  t.match(await vintage(['advance', 'users.full_name']), { exitCode: 0, stdout: /is at drop already/ })
  t.same(Object.keys(await database.knex('users').columnInfo()).sort(), ['full_name', 'id', 'note'])
  t.equal((await database.knex('users').where({ full_name: 'Ada 7 Lovelace' })).length, 1)
})

t.test('advance --to takes all phases up to there, and rollback --to goes back', async (t) => {
  const { vintage } = await createShop(t, 5)
  await vintage(['migrate'])
  const there = await vintage(['advance', 'users.full_name', '--to', 'read-new', '--json'])
  t.equal(there.exitCode, 0, there.stderr)
  t.match(JSON.parse(there.stdout), {
    transition: 'users.full_name', from: 'dual-write', phase: 'read-new', steps: ['backfill', 'read-new'], next: { command: 'vintage advance', does: /^renames/ }
  })
  const back = await vintage(['rollback', '--to', 'dual-write', '--yes'])
  t.match(back, { exitCode: 0, stdout: /^users\.full_name is at dual-write\nnext: vintage advance {2}\(fills/ })
  const again = await vintage(['advance', '--to', 'dual-write'])
  t.match(again, { exitCode: 0, stdout: /^users\.full_name is at dual-write already; nothing left to do\n/ })
})

t.test('hide and drop are asked for at a terminal, and need --yes without one', async (t) => {
  const { vintage, database } = await createShop(t, 5)
  await vintage(['migrate'])
  await vintage(['advance', '--to', 'read-new'])
  const unasked = await vintage(['advance'])
  t.match(unasked, { exitCode: 2, stderr: /`hide` renames first_name, last_name of table public\.users.*give `--yes`/ })
  const declined = await vintage(['advance'], { typed: 'n\n' })
  t.match(declined, { exitCode: 1, stderr: /Go on\? \(y\/N\).*nothing was changed/s })
  t.ok('first_name' in await database.knex('users').columnInfo())
  t.match(await vintage(['advance'], { typed: 'y\n' }), { exitCode: 0, stdout: /is at hide\n/ })
  t.notOk('first_name' in await database.knex('users').columnInfo())
  t.match(await vintage(['advance', '--to', 'drop']), { exitCode: 2, stderr: /`drop` drops first_name, last_name of table public\.users for good/ })
  t.match(await vintage(['rollback', '--to', 'read-new']), { exitCode: 2, stderr: /goes back from hide to read-new/ })
  t.match(await vintage(['rollback', '--to', 'read-new'], { typed: 'yes\n' }), { exitCode: 0, stdout: /is at read-new\n/ })
})

t.test('a transition that has not begun is not asked about, and the way out is told', async (t) => {
  const { vintage } = await createShop(t, 5)
  t.match(await vintage(['advance', '--to', 'drop']), { exitCode: 2, stderr: /vintage migrate/ })
  for (const argv of [['advance', 'users.full_name', '--to', 'drop'], ['rollback', '--to', 'expand'], ['rollback', 'users.full_name', '--to', 'expand']]) {
    t.match(await vintage(argv), { exitCode: 2, stderr: /vintage migrate/ })
  }
})

t.test('a transition that is not there is a mistake of the command line', async (t) => {
  const { vintage } = await createShop(t, 5)
  await vintage(['migrate'])
  t.match(await vintage(['advance', 'users.nickname']), { exitCode: 2, stderr: /users\.nickname/ })
  t.match(await vintage(['rollback', 'users.nickname', '--to', 'expand', '--yes']), { exitCode: 2, stderr: /users\.nickname/ })
  t.match(await vintage(['verify', 'users.nickname']), { exitCode: 2, stderr: /users\.nickname/ })
})

t.test('a step that would not be safe is refused with exit code 3', async (t) => {
  const { vintage, database } = await createShop(t, 5)
  await vintage(['migrate'])
  await database.knex('vintage.instances').insert({
    id: '00000000-0000-4000-8000-000000000001',
    name: 'api-1',
    host: 'web',
    pid: 1,
    transitions: ['users.full_name'],
    started_at: database.knex.fn.now(),
    lease_until: database.knex.raw("now() + interval '1 minute'")
  })
  const { exitCode, stdout, stderr } = await vintage(['advance', '--to', 'read-new', '--wait', '0.3', '--json'])
  t.equal(exitCode, 3)
  t.match(JSON.parse(stdout), { exitCode: 3, error: { code: /^FST_ERR_VINTAGE_REFUSED_/, message: /api-1/ } })
  t.match(stderr, /users\.full_name: waiting .* until api-1 .* has acknowledged/)
})

t.test('a checkout without migrations and without the definition still tells what it would do', async (t) => {
  const { vintage, folder } = await createShop(t, 5)
  await vintage(['migrate'])
  await vintage(['advance', '--to', 'read-new'])
  await writeFile(join(folder, 'bare.ts'), "export default { versions: { '2024-01-01': [] } }")
  t.match(await vintage(['status', '--config', 'bare.ts']), { exitCode: 0, stdout: /next: nothing, no file in `transitions\/` defines it here/ })
  t.match(await vintage(['advance', '--config', 'bare.ts']), { exitCode: 2, stderr: /`hide` renames the old columns of table public\.users/ })
})

t.test('D24 --cancel-blockers and --terminate-blockers end who stands in the way, and say whom', async (t) => {
  const { vintage, database } = await createShop(t, 5)
  const idle = new pg.Client({ connectionString: database.url, application_name: 'a cron job' })
  idle.on('error', () => {})
  await idle.connect()
  t.teardown(async () => await idle.end().catch(() => {}))
  await idle.query('begin; select count(*) from users')
  const limits = ['--lock-deadline', '60', '--lock-attempts', '2', '--wait', '1']
  t.match(await vintage(['migrate', '--cancel-blockers', '--terminate-blockers']), { exitCode: 2, stderr: /cannot be used with option '--cancel-blockers'/ })
  t.match(await vintage(['migrate', ...limits]), { exitCode: 3, stderr: /gave up after 2 attempts/ })
  t.match(await vintage(['migrate', ...limits, '--cancel-blockers']), { exitCode: 3, stderr: /not ended: it is idle, so that there is no statement to cancel/ })
  const { exitCode, stderr } = await vintage(['migrate', '--lock-deadline', '400', '--lock-attempts', '4', '--wait', '1', '--terminate-blockers'])
  t.equal(exitCode, 0, stderr)
  t.match(stderr, /^users\.full_name: terminated who stood in the way at "public"\."users": pid \d+ \(a cron job\), AccessShareLock, open for .*: begin; select count/m)
  await t.rejects(idle.query('select 1'))
})
