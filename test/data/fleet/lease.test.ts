import t from 'tap'
import { Lease } from '../../../src/data/fleet/lease.js'

t.test('a lease runs out by whichever clock has gone further, counted from before the renewal was sent', async (t) => {
  let [steady, wall] = [0, 1000]
  const lease = new Lease(300, () => ({ steady, wall }))
  t.match([lease.holds, lease.isDue], [false, true])
  const sent = lease.now()
  steady += 50
  lease.renew(sent)
  t.match([lease.holds, lease.isDue], [true, false])
  steady += 100
  t.match([lease.holds, lease.isDue], [true, true])
  wall += 300
  t.equal(lease.holds, false, 'the machine slept')
  lease.renew(lease.now())
  wall -= 5000
  t.equal(lease.holds, true, 'the wall clock was put back')
  steady += 300
  t.equal(lease.holds, false)
  lease.renew(undefined)
  t.equal(lease.holds, false)
})
