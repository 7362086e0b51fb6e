import t from 'tap'
import { formatCount, formatDuration, formatNumber, formatTime } from '../../src/cli/units.js'

t.test('a duration is told in its two largest units', async (t) => {
  const told: [ms: number, text: string][] = [
    [-5, '0 ms'], [0, '0 ms'], [850.4, '850 ms'], [4_200, '4 s'], [60_000, '1 min'], [125_000, '2 min 5 s'],
    [11_400_000, '3 h 10 min'], [3_600_000, '1 h'], [187_200_000, '2 d 4 h'], [86_400_000, '1 d']
  ]
  for (const [ms, text] of told) t.equal(formatDuration(ms), text)
})

t.test('59.7 seconds are a minute, not 60 seconds', async (t) => {
  t.equal(formatDuration(59_700), '1 min')
  t.equal(formatDuration(999.6), '1 s')
})

t.test('a count has separators', async (t) => {
  t.equal(formatCount(1234567), '1,234,567')
  t.equal(formatCount(12.4), '12')
})

t.test('a time is told in UTC, to the second', async (t) => {
  t.equal(formatTime('2026-11-01T09:30:00.123+02:00'), '2026-11-01 07:30:00Z')
})

t.test('a count has its noun in the right number', async (t) => {
  t.equal(formatNumber(1, 'change'), '1 change')
  t.equal(formatNumber(0, 'change'), '0 changes')
})
