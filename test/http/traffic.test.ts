import t from 'tap'
import { openTraffic } from '../../src/http/traffic.js'
import type { RouteConversion } from '../../src/http/route-conversion.js'

const conversion: RouteConversion = { requestParts: () => [], edits: () => null, isReached: () => true, responseShape: () => null }

t.test('a response counts for its route and for its version', async (t) => {
  const { count, heatOf } = openTraffic(2)
  const [counted, other] = [count(conversion), count(conversion)]
  t.equal(counted.responseShape(1, 200, ''), null)
  counted.responseShape(0, 200, '')
  t.equal(heatOf(counted, 0), 3)
  t.equal(heatOf(other, 1), 1, 'the version only')
  t.equal(heatOf(conversion, 1), 1, 'a route that is not counted')
})
