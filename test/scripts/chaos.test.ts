import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import type { Entry } from '../../scripts/chaos/log.js'
import { createOracle, type Row } from '../../scripts/chaos/oracle.js'
import { NAME, POINTS } from '../../scripts/chaos/people.js'
import { ROWS } from '../../scripts/chaos/rows.js'
import { startProxy } from '../../scripts/chaos/proxy.js'
import { FAULTS, roundsOf } from '../../scripts/chaos/schedule.js'

t.test('a seed replays its decks, and each deck has every fault, kills more than once', async (t) => {
  t.strictSame(roundsOf(7, 2), roundsOf(7, 2))
  t.notSame(roundsOf(7, 2), roundsOf(7, 3))
  t.notSame(roundsOf(7, 2), roundsOf(8, 2))
  t.strictSame([...new Set(roundsOf(7, 2).map(({ fault }) => fault))].sort(), [...FAULTS].sort())
  const rounds = roundsOf(11, 0)
  for (const [index, { fault, to }] of rounds.entries()) {
    t.not(to[NAME], index === 0 ? 'dual-write' : rounds[index - 1]?.to[NAME], 'each round leads somewhere else')
    if (fault === 'set aside') t.equal(to[POINTS], 'read-new')
  }
})

const LOG: readonly Entry[] = [
  { kind: 'try', cell: 'name', uid: 1, value: 'Ada a.1' },
  { kind: 'told', cell: 'name', uid: 1, value: 'Ada a.1', ver: 1, at: 1 },
  { kind: 'try', cell: 'name', uid: 1, value: 'Ada a.2' },
  { kind: 'read', cell: 'name', uid: 1, value: 'Ada a.1', ver: 1, asked: 2 },
  { kind: 'inserting', uid: 9_001 },
  { kind: 'inserted', uid: 9_001 },
  { kind: 'try', cell: 'name', uid: 9_001, value: 'Eve' },
  { kind: 'try', cell: 'points', uid: 9_001, value: '5' },
  { kind: 'deleting', uid: 7 },
  { kind: 'deleted', uid: 7 }
]

const FIRST: Row = { uid: 1, name: 'Ada a.1', ver: 1, points: '1', pver: 0 }
const OTHERS: readonly Row[] = [
  ...Array.from({ length: ROWS }, (_, index): Row => ({ uid: index + 1, name: `First${index + 1} Last${index + 1}`, ver: 0, points: String(index + 1), pver: 0 })).filter(({ uid }) => uid !== 1 && uid !== 7),
  { uid: 9_001, name: 'Eve', ver: 0, points: '5', pver: 0 }
]

/** What an oracle says of a table that has these rows beside the others, after these logs and then more. */
function judge (rows: readonly Row[], more: readonly Entry[] = []): string {
  const oracle = createOracle()
  oracle.take([...LOG, ...more])
  return oracle.judge(oracle.floor(), [...rows, ...OTHERS.filter(({ uid }) => rows.every((row) => row.uid !== uid))]).join('; ')
}

t.test('the oracle is content with the last write that was acknowledged, or with one whose answer was lost', async (t) => {
  t.equal(judge([FIRST]), '')
  t.equal(judge([{ ...FIRST, name: 'Ada a.2', ver: 2 }]), '')
  t.equal(judge([FIRST], [{ kind: 'missed', uid: 7, known: true }, { kind: 'missed', uid: 9_002, known: false }]), '')
  const oracle = createOracle()
  oracle.take(LOG)
  t.strictSame(oracle.judgeCounts([{ ...FIRST, name: 'Ada a.2', ver: 2 }]), [])
  t.match(oracle.judgeCounts([{ ...FIRST, ver: 3 }]).join(), /name of row 1 is at version 3, and was written 2 times at most/)
})

t.test('the oracle finds a write that is lost, stale, torn, doubled, or nobody\'s', async (t) => {
  t.match(judge([{ ...FIRST, name: 'First1 Last1', ver: 0 }]), /name of row 1 is at version 0, though version 1 was acknowledged/)
  t.match(judge([{ ...FIRST, name: 'First1 Last1' }]), /the table has "First1 Last1" as version 1 of name of row 1, which was written as "Ada a.1"/)
  t.match(judge([{ ...FIRST, name: 'Bob b.1', ver: 2 }]), /which nobody has tried to write/)
  t.match(judge([{ ...FIRST, points: '2' }]), /"2" as version 0 of points of row 1, which was written as "1"/)
  t.match(judge([FIRST], [{ kind: 'told', cell: 'name', uid: 1, value: 'Bob b.1', ver: 1, at: 1 }]), /version 1 of name of row 1 was acknowledged twice: Ada a\.1, Bob b\.1/)
  t.match(judge([FIRST], [{ kind: 'read', cell: 'name', uid: 1, value: 'First1 Last1', ver: 0, asked: 2 }]), /a reader was shown version 0 of name of row 1 after version 1 had been acknowledged/)
  t.match(judge([FIRST], [{ kind: 'read', cell: 'name', uid: 1, value: 'Bob b.9', ver: 1, asked: 0 }]), /a reader has "Bob b\.9" as version 1/)
})

t.test('the oracle finds what two readers were shown as one version, and what was acknowledged after it was read as something else', async (t) => {
  const oracle = createOracle()
  oracle.take([...LOG, { kind: 'read', cell: 'name', uid: 1, value: 'Ada a.2', ver: 2, asked: 0 }])
  t.strictSame(oracle.judge(oracle.floor(), [FIRST, ...OTHERS]), [])
  oracle.take([{ kind: 'try', cell: 'name', uid: 1, value: 'Bob b.1' }, { kind: 'read', cell: 'name', uid: 1, value: 'Bob b.1', ver: 2, asked: 0 }, { kind: 'told', cell: 'name', uid: 1, value: 'Bob b.1', ver: 2, at: 1 }])
  t.match(oracle.judge(oracle.floor(), [{ ...FIRST, name: 'Bob b.1', ver: 2 }, ...OTHERS]), ['version 2 of name of row 1 was read as "Ada a.2" and acknowledged as "Bob b.1"'])
})

t.test('the oracle finds rows that are lost, rows that come back, and rows that nobody has inserted', async (t) => {
  t.match(judge([FIRST, { ...FIRST, uid: 7, name: 'First7 Last7', ver: 0, points: '7' }]), /row 7 is there, though its delete was acknowledged/)
  t.match(judge([FIRST, { ...FIRST, uid: 9_002, name: 'Eve', ver: 0 }]), /row 9002, which nobody has inserted/)
  t.match(judge([FIRST], [{ kind: 'missed', uid: 8, known: false }]), /a process did not find row 8, which nobody has deleted/)
  t.match(judge([FIRST], [{ kind: 'inserting', uid: 9_003 }, { kind: 'inserted', uid: 9_003 }]), /row 9003 is gone, and nobody has deleted it/)
  const oracle = createOracle()
  oracle.take(LOG)
  t.match(oracle.judge(oracle.floor(), OTHERS), ['row 1 is gone, and nobody has deleted it'])
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
