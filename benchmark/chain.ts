import { BEHIND } from './chain/hand-written.js'
import { startOperation } from './chain/contestant.js'
import type { Comparison } from './harness/compare.js'
import { runBenchmark } from './harness/run-benchmark.js'
import type { Goal } from './statistics/verdict.js'

const HISTORIES = { derivable: 'derivable operations', functions: 'with functions' } as const

function compareWithHand (what: 'list' | 'body', doer: string, kind: keyof typeof HISTORIES, behind: number, goal: Goal): Comparison {
  const work = what === 'list' ? '20 rows' : 'upgrade of a body'
  const as = doer === 'composed' ? '' : ', a chain of copies and deletes'
  return {
    name: `${work}, ${behind} behind, ${HISTORIES[kind]}${as}`,
    against: 'by hand',
    goal,
    subject: () => startOperation([what, doer, kind, String(behind)]),
    counterpart: () => startOperation([what, 'by-hand', kind, String(behind)])
  }
}

await runBenchmark({
  name: 'chain',
  // what one process happens to compile, or where its objects happen to lie, counts for an eighth
  effort: { blocks: 48, mostBlocks: 96, blocksPerRound: 6, warmUpBlocks: 3, slicesPerBlock: 10 },
  comparisons: [
    ...BEHIND.map((behind) => compareWithHand('list', 'composed', 'derivable', behind, { atLeast: 0.95 })),
    ...BEHIND.map((behind) => compareWithHand('list', 'composed', 'functions', behind, { atLeast: 0.9 })),
    ...BEHIND.map((behind) => compareWithHand('body', 'composed', 'derivable', behind, { atLeast: 0.9 })),
    compareWithHand('body', 'composed', 'functions', 100, { atLeast: 0.9 }),
    ...([10, 100] as const).map((behind) => compareWithHand('list', 'copy-and-delete', 'derivable', behind, null))
  ]
})
