import t from 'tap'
import { createShop } from '../shop.js'

t.test('status shows the phase, the rows to be filled and the next command', async (t) => {
  const { vintage } = await createShop(t, 30)
  await vintage(['migrate'])
  const { exitCode, stdout, stderr } = await vintage(['status'])
  t.equal(exitCode, 0, stderr)
  t.match(stdout, /│ users\.full_name │ (public\.)?users +│ dual-write │ \d{4}-.* ago │ 30 /)
  t.match(stdout, /no instance is live\nnext: vintage advance {2}\(fills the new columns of all rows\)\n$/)
})

t.test('status --json is the whole state, with the next step of each transition', async (t) => {
  const { vintage } = await createShop(t, 30)
  await vintage(['migrate'])
  await vintage(['advance'])
  const { exitCode, stdout, stderr } = await vintage(['status', '--json'])
  t.equal(exitCode, 0)
  t.equal(stderr, '')
  t.match(JSON.parse(stdout), {
    transitions: [{
      transition: 'users.full_name', phase: 'backfill', known: true, pendingRows: 0, backfill: { percent: 100, filledRows: 30 }, instances: [], nextStep: { command: 'vintage advance' }
    }]
  })
})

t.test('status before the first migrate shows what has not begun', async (t) => {
  const { vintage } = await createShop(t, 0)
  t.match(await vintage(['status']), { exitCode: 0, stdout: /not begun.*next: vintage migrate {2}\(begins this transition\)/s })
})

t.test('a database that does not answer is told in one message', async (t) => {
  const { vintage } = await createShop(t, 0)
  const { exitCode, stdout, stderr } = await vintage(['status', '--json'], { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } })
  t.equal(exitCode, 1)
  t.match(JSON.parse(stdout), { exitCode: 1, error: { message: /ECONNREFUSED/ } })
  t.match(stderr, /^error .*ECONNREFUSED/)
})
