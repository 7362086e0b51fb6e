import t from 'tap'
import { createLatencies } from '../../../src/data/fleet/latency.js'

t.test('what 99 of 100 statements did not exceed is told once, of the latest, and nothing of none', (t) => {
  const latencies = createLatencies()
  t.equal(latencies.take(), null)
  for (const ms of [3, 1, 2]) latencies.note(ms)
  t.equal(latencies.take(), 3, 'of few the slowest')
  t.equal(latencies.take(), null)
  for (let ms = 1; ms <= 200; ms++) latencies.note(ms)
  t.equal(latencies.take(), 198)
  latencies.note(99_999)
  for (let count = 0; count < 2_000; count++) latencies.note(5)
  t.equal(latencies.take(), 5)
  t.end()
})
