import t from 'tap'
import { bootstrapMedian } from '../../benchmark/statistics/bootstrap.js'
import { median, quantile } from '../../benchmark/statistics/quantile.js'
import { seededRandom } from '../../benchmark/statistics/random.js'
import { assess, type CostBlock } from '../../benchmark/statistics/verdict.js'

/** Numbers of a bell curve, the same each time. */
function normal (count: number, mean: number, deviation: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
}

/** Blocks whose counterpart costs 100, with a case and a second counterpart that are so much dearer. */
function blocksOf (subject: number, again: number, deviation: number): CostBlock[] {
  const [mine, theirs, second] = [normal(36, 100 * subject, deviation, 1), normal(36, 100, deviation, 2), normal(36, 100 * again, deviation, 3)]
  return theirs.map((counterpart, index) => ({ subject: mine[index] ?? 0, counterpart, again: second[index] ?? 0 }))
}

t.test('quantiles lie between the values, as in any book', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.equal(quantile([10, 20, 30, 40, 50], 0), 10)
  t.equal(quantile([10, 20, 30, 40, 50], 1), 50)
  t.equal(quantile([10, 20, 30, 40, 50], 0.9), 46)
  t.throws(() => median([]), RangeError)
})

t.test('the stream of random numbers is that of mulberry32, and even', async (t) => {
  const random = seededRandom(1)
  t.same([random(), random(), random()].map((value) => value.toFixed(10)), ['0.6270739406', '0.0027357212', '0.5274470400'])
  const mean = Array.from({ length: 10_000 }, random).reduce((sum, value) => sum + value) / 10_000
  t.ok(Math.abs(mean - 0.5) < 0.01)
})

t.test('the interval of a median of like values is that value, and the same values give the same interval', async (t) => {
  t.same(bootstrapMedian([[2, 2], [2, 2]]), { estimate: 2, lower: 2, upper: 2 })
  const values = normal(36, 1, 0.05, 7).map((value) => [value])
  t.same(bootstrapMedian(values), bootstrapMedian(values))
})

t.test('of 200 samples the interval holds the true median about 190 times', async (t) => {
  const hits = Array.from({ length: 200 }, (_, seed) => bootstrapMedian(normal(36, 1, 0.05, seed + 100).map((value) => [value]))).filter(({ lower, upper }) => lower <= 1 && upper >= 1)
  t.ok(hits.length >= 180, `${hits.length} of 200`)
})

t.test('blocks of the same processes count as one draw: eight rounds that differ are not sixty-four', async (t) => {
  const blocks = Array.from({ length: 64 }, (_, index): CostBlock => {
    const round = Math.floor(index / 8)
    return { subject: 1, counterpart: round % 2 === 0 ? 0.8 : 1.25, again: 1, round }
  })
  t.match(assess(blocks, { atLeast: 0.95 }).noise, { lower: 0.8, upper: 1.25 })
})

t.test('an outlier moves the mean, and not what is judged', async (t) => {
  const blocks = blocksOf(1, 1, 1)
  blocks[3] = { subject: 5000, counterpart: 100, again: 100 }
  t.equal(assess(blocks, { atLeast: 0.95 }).verdict, 'met')
})

t.test('a goal is met, missed, or only compared', async (t) => {
  t.equal(assess(blocksOf(1, 1, 1), { atLeast: 0.95 }).verdict, 'met')
  t.equal(assess(blocksOf(1.2, 1, 1), { atLeast: 0.95 }).verdict, 'missed')
  t.equal(assess(blocksOf(1.2, 1, 1), { atMost: 1.25 }).verdict, 'met')
  t.equal(assess(blocksOf(1.2, 1, 1), { atMost: 1.1 }).verdict, 'missed')
  t.equal(assess(blocksOf(9, 1, 1), null).verdict, 'for comparison')
})

t.test('a speed is the inverse of the cost, and a cost the cost', async (t) => {
  t.match(assess(blocksOf(2, 1, 0), { atLeast: 0.95 }).ratio, { estimate: 0.5 })
  t.match(assess(blocksOf(2, 1, 0), { atMost: 1.2 }).ratio, { estimate: 2 })
})

t.test('the allowance is half of the width of A against A, and no more', async (t) => {
  const blocks = blocksOf(1.06, 1, 2)
  const { ratio, noise } = assess(blocks, { atLeast: 0.9 })
  const allowance = (noise.upper - noise.lower) / 2
  t.ok(allowance > 0)
  t.equal(assess(blocks, { atLeast: ratio.lower + allowance * 0.99 }).verdict, 'met')
  t.equal(assess(blocks, { atLeast: ratio.lower + allowance * 1.01 }).verdict, 'missed')
})

t.test('where A against A is off by more than 3 %, nothing is said, however good the ratio', async (t) => {
  t.equal(assess(blocksOf(0.5, 1.06, 1), { atLeast: 0.95 }).verdict, 'inconclusive')
  t.equal(assess(blocksOf(0.5, 1, 12), { atLeast: 0.95 }).verdict, 'inconclusive')
})
