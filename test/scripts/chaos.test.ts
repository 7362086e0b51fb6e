import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import type { Entry } from '../../scripts/chaos/log.js'
import { judge, judgeCounts } from '../../scripts/chaos/oracle.js'
import { startProxy } from '../../scripts/chaos/proxy.js'
import { FAULTS, roundsOf } from '../../scripts/chaos/schedule.js'

t.test('a seed replays its decks, and each deck has every fault once', async (t) => {
  t.strictSame(roundsOf(7, 2), roundsOf(7, 2))
  t.notSame(roundsOf(7, 2), roundsOf(7, 3))
  t.notSame(roundsOf(7, 2), roundsOf(8, 2))
  t.strictSame(roundsOf(7, 2).map(({ fault }) => fault).sort(), [...FAULTS].sort())
  for (const [index, round] of roundsOf(11, 0).entries()) {
    t.not(round.to, index === 0 ? 'dual-write' : roundsOf(11, 0)[index - 1]?.to, 'each round leads somewhere else')
  }
})

const LOG: readonly Entry[] = [
  { kind: 'try', id: 1, full: 'Ada a.1' },
  { kind: 'told', id: 1, full: 'Ada a.1', ver: 1 },
  { kind: 'try', id: 1, full: 'Ada a.2' },
  { kind: 'read', id: 1, full: 'Ada a.1', ver: 1, told: 1 }
]

t.test('the oracle is content with the last write that was acknowledged, or with one whose answer was lost', async (t) => {
  t.strictSame(judge(LOG, [{ id: 1, full: 'Ada a.1', ver: 1 }, { id: 2, full: 'First2 Last2', ver: 0 }], LOG), [])
  t.strictSame(judge(LOG, [{ id: 1, full: 'Ada a.2', ver: 2 }], LOG), [])
  t.strictSame(judgeCounts(LOG, [{ id: 1, full: 'Ada a.2', ver: 2 }]), [])
})

t.test('the oracle finds a write that is lost, stale, torn, doubled, or nobody\'s', async (t) => {
  const found = (rows: Parameters<typeof judge>[1], more: readonly Entry[] = []): string => judge(LOG, rows, [...LOG, ...more]).join('; ')
  t.match(found([{ id: 1, full: 'First1 Last1', ver: 0 }]), /row 1 is at version 0, though version 1 was acknowledged/)
  t.match(found([{ id: 1, full: 'First1 Last1', ver: 1 }]), /the table has "First1 Last1" as version 1 of row 1, which was written as "Ada a.1"/)
  t.match(found([{ id: 1, full: 'Bob b.1', ver: 2 }]), /which nobody has tried to write/)
  t.match(found([], [{ kind: 'told', id: 1, full: 'Bob b.1', ver: 1 }]), /version 1 of row 1 was acknowledged twice: Ada a\.1, Bob b\.1/)
  t.match(found([], [{ kind: 'read', id: 1, full: 'First1 Last1', ver: 0, told: 1 }]), /a reader was shown version 0 of row 1 after it had been told of 1/)
  t.match(found([], [{ kind: 'read', id: 1, full: 'Bob b.9', ver: 1, told: 0 }]), /a reader has "Bob b\.9" as version 1/)
  t.match(judgeCounts(LOG, [{ id: 1, full: 'Ada a.2', ver: 3 }]).join(), /row 1 is at version 3, and was written 2 times at most/)
})

t.test('the proxy passes on, holds back in order, cuts, and refuses for a while', async (t) => {
  const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  const address = echo.address()
  const proxy = await startProxy(address !== null && typeof address === 'object' ? address.port : 0)
  t.teardown(async () => { await proxy.close(); echo.close() })
  const client = connect(proxy.port, '127.0.0.1').on('error', () => {})
  await once(client, 'connect')
  const heard: string[] = []
  client.on('data', (chunk) => heard.push(String(chunk)))
  const hear = async (text: string): Promise<void> => { while (heard.join('') !== text) await once(client, 'data') }
  client.write('a')
  await hear('a')
  proxy.delay(60)
  client.write('b')
  while (proxy.delayed === 0) await new Promise((resolve) => setImmediate(resolve))
  proxy.delay(0)
  client.write('c')
  await hear('abc')
  const closed = new Promise((resolve) => client.once('close', resolve))
  t.equal(proxy.cut(10_000), 2, 'both ends')
  await closed
  const late = connect(proxy.port, '127.0.0.1')
  const error = await new Promise((resolve) => late.once('error', resolve))
  t.match(error, { code: 'ECONNRESET' })
})
