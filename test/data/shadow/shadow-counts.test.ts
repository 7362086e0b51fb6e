import t from 'tap'
import { ShadowCounts, type ShadowCount } from '../../../src/data/shadow/shadow-counts.js'

t.test('what has changed is sent, and again where it could not be; what has not is not, for it may have been forgotten', async (t) => {
  const counts = new ShadowCounts()
  const sent: string[] = []
  const send = async (now: readonly ShadowCount[]): Promise<void> => { sent.push(now.map(({ transition, compared }) => `${transition} ${compared}`).join()) }
  counts.note('users', undefined)
  counts.note('orders', undefined)
  await t.rejects(counts.report(async () => { throw new Error('down') }), { message: 'down' })
  counts.note('orders', undefined)
  await counts.report(send)
  await counts.report(send)
  counts.note('users', undefined)
  await counts.report(send)
  t.strictSame(sent, ['users 1,orders 2', 'users 2'])
})
