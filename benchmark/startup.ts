import { runBenchmark } from './harness/run-benchmark.js'
import { measureGrowth, measureMemory } from './startup/memory.js'
import { startStarts } from './startup/contestant.js'
import { measureWarmUp } from './startup/warm-up.js'

await runBenchmark({
  name: 'startup',
  effort: { blocks: 30, mostBlocks: 60, blocksPerRound: 1, warmUpBlocks: 0, slicesPerBlock: 1 },
  comparisons: [{
    name: '200 routes, 30 versions: until ready',
    against: 'bare Fastify',
    goal: { atMost: 1.2 },
    subject: () => startStarts('plugin'),
    counterpart: () => startStarts('bare')
  }],
  measurements: [{ name: 'memory', measure: measureMemory }, { name: 'warm-up', measure: measureWarmUp }, { name: 'growth', measure: measureGrowth }]
})
