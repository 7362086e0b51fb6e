import t from 'tap'
import { createShop } from '../shop.js'

t.test('pause and resume tell who, and a step in between is refused with exit code 3', async (t) => {
  const { vintage } = await createShop(t, 5)
  await vintage(['migrate'])
  t.match(await vintage(['pause']), { exitCode: 0, stdout: /^users\.full_name: paused by .* since .*, at dual-write\n$/ })
  t.match(await vintage(['status']), { stdout: /users\.full_name: paused by .*; `vintage resume users\.full_name` lets it go on/ })
  t.match(await vintage(['advance']), { exitCode: 3, stderr: /is paused by/ })
  const { stdout } = await vintage(['resume', 'users.full_name', '--json'])
  t.strictSame(JSON.parse(stdout), { transition: 'users.full_name', phase: 'dual-write', paused: null })
  t.match(await vintage(['resume']), { exitCode: 0, stdout: 'users.full_name: not paused, at dual-write\n' })
  const limits = ['--workers', '2', '--max-rows-per-second', '1000', '--max-replica-lag', '5', '--max-slot-wal', '20480', '--max-active-sessions', '1000', '--max-app-latency', '60000']
  t.match(await vintage(['advance', ...limits]), { exitCode: 0, stdout: /backfill/ })
  t.match(await vintage(['advance', '--max-slot-wal', 'x']), { exitCode: 2 })
  t.match(await vintage(['advance', '--soak', '3 days']), { exitCode: 2, stderr: /A number with a unit is wanted: 90s, 30m, 12h or 3d/ })
  await vintage(['advance'])
  t.match(await vintage(['advance', '--yes', '--soak', '3d', '--stray-window', '1.5h']), { exitCode: 3, stderr: /has been at `read-new` since/ })
})

t.test('D22 backfill-worker refuses with exit code 3 where no operator is at work, and is done once every row is filled', async (t) => {
  const { vintage } = await createShop(t, 5)
  await vintage(['migrate'])
  t.match(await vintage(['backfill-worker', '--wait', '0']), { exitCode: 3, stderr: /no operator is filling its rows: `vintage advance users\.full_name --to backfill` does/ })
  t.match(await vintage(['backfill-worker', 'users.full_name', '--workers', '2', '--for', '0.1s']), { exitCode: 0, stdout: 'users.full_name: the time given is over, and ranges of keys are left to fill\n' })
  await vintage(['advance'])
  const { stdout } = await vintage(['backfill-worker', '--json'])
  t.strictSame(JSON.parse(stdout), { transition: 'users.full_name', outcome: 'filled' })
  t.match(await vintage(['backfill-worker']), { exitCode: 0, stdout: 'users.full_name: no range of keys is left to fill\n' })
})
