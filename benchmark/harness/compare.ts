import { assess, isTooNoisy, type Goal } from '../statistics/verdict.js'
import type { Block, Contestant, PairedBlock } from './block.js'
import { costsOf } from './results.js'

/** A case and what it is compared with. */
export interface Comparison {
  readonly name: string
  readonly against: string
  readonly goal: Goal
  /** starts a process of the case */
  subject (): Promise<Contestant>
  /** starts a process of the counterpart */
  counterpart (): Promise<Contestant>
  /** whether both must give the same bytes; @default true */
  readonly sameOutput?: boolean
}

/** How long to go on. */
export interface Effort {
  /** pairs of blocks at least */
  readonly blocks: number
  /** pairs of blocks, at most, while A against A is too noisy */
  readonly mostBlocks: number
  /** pairs of blocks of the same three processes; then three new ones are started */
  readonly blocksPerRound: number
  /** blocks of each process that do not count */
  readonly warmUpBlocks: number
}

/** At least 30 pairs, in two rounds of processes: what one process happens to compile counts for half. */
export const EFFORT: Effort = { blocks: 36, mostBlocks: 72, blocksPerRound: 18, warmUpBlocks: 3 }

/**
 * Runs a case, its counterpart and a second process of the counterpart in alternating blocks. Goes on for longer while A against A is not 1.
 * @throws when the outputs differ
 */
export async function compare (comparison: Comparison, effort: Effort = EFFORT): Promise<PairedBlock[]> {
  const blocks: PairedBlock[] = []
  while (blocks.length < effort.blocks || (blocks.length < effort.mostBlocks && isTooNoisy(assess(costsOf(blocks), comparison.goal).noise))) {
    blocks.push(...await runRound(comparison, effort))
  }
  return blocks
}

async function runRound (comparison: Comparison, { blocksPerRound, warmUpBlocks }: Effort): Promise<PairedBlock[]> {
  const opened: Contestant[] = []
  const open = async (start: () => Promise<Contestant>) => {
    const contestant = await start()
    opened.push(contestant)
    return contestant
  }
  try {
    const subject = await open(comparison.subject)
    const counterpart = await open(comparison.counterpart)
    const again = await open(comparison.counterpart)
    if (comparison.sameOutput !== false) await requireSameOutput(comparison, subject, counterpart)
    const blocks: PairedBlock[] = []
    for (let index = 0; index < warmUpBlocks; index++) await runPair(subject, counterpart, again, index)
    for (let index = 0; index < blocksPerRound; index++) blocks.push(await runPair(subject, counterpart, again, index))
    return blocks
  } finally {
    await Promise.all(opened.map((contestant) => contestant.close()))
  }
}

/** One block of each; who goes first goes round, so that what drifts is shared by all. */
async function runPair (subject: Contestant, counterpart: Contestant, again: Contestant, turn: number): Promise<PairedBlock> {
  const contestants = [subject, counterpart, again]
  const results = new Map<Contestant, Block>()
  for (let index = 0; index < contestants.length; index++) {
    const contestant = contestants[(turn + index) % contestants.length] ?? subject
    results.set(contestant, await contestant.runBlock())
  }
  const blockOf = (contestant: Contestant) => results.get(contestant) ?? { cpuMicros: NaN, perSecond: NaN, p99Micros: null }
  return { subject: blockOf(subject), counterpart: blockOf(counterpart), again: blockOf(again) }
}

async function requireSameOutput (comparison: Comparison, subject: Contestant, counterpart: Contestant): Promise<void> {
  const [mine, theirs] = [await subject.output(), await counterpart.output()]
  if (mine === theirs) return
  const at = [...mine].findIndex((character, index) => character !== theirs[index])
  throw new Error(`${comparison.name}: the output differs from that of "${comparison.against}" at character ${at}:\n${mine.slice(at, at + 200)}\n${theirs.slice(at, at + 200)}`)
}
