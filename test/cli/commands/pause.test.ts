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
  const limits = ['--max-rows-per-second', '1000', '--max-replica-lag', '5', '--max-slot-wal', '20480', '--max-active-sessions', '1000']
  t.match(await vintage(['advance', ...limits]), { exitCode: 0, stdout: /backfill/ })
  t.match(await vintage(['advance', '--max-slot-wal', 'x']), { exitCode: 2 })
  t.match(await vintage(['advance', '--soak', '3 days']), { exitCode: 2, stderr: /A number with a unit is wanted: 90s, 30m, 12h or 3d/ })
  await vintage(['advance'])
  t.match(await vintage(['advance', '--yes', '--soak', '3d', '--stray-window', '1.5h']), { exitCode: 3, stderr: /has been at `read-new` since/ })
})
