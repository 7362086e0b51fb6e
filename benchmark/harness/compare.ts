import { assess, isTooNoisy, type Goal } from '../statistics/verdict.js'
import { blockOf, type Contestant, type PairedBlock, type RoundBlock, type Slice } from './block.js'
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
  /** slices of a block: the processes take turns slice by slice, so that what slows the machine down for a moment slows down all of them */
  readonly slicesPerBlock: number
}

/**
 * Runs a case, its counterpart and a second process of the counterpart in alternating blocks. Goes on for longer while A against A is not 1.
 * @throws when the outputs differ
 */
export async function compare (comparison: Comparison, effort: Effort): Promise<RoundBlock[]> {
  const blocks: RoundBlock[] = []
  for (let round = 0; blocks.length < effort.blocks || (blocks.length < effort.mostBlocks && isTooNoisy(assess(costsOf(blocks), comparison.goal).noise)); round++) {
    blocks.push(...(await runRound(comparison, effort)).map((block) => ({ ...block, round })))
  }
  return blocks
}

async function runRound (comparison: Comparison, { blocksPerRound, warmUpBlocks, slicesPerBlock }: Effort): Promise<PairedBlock[]> {
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
    for (const other of comparison.sameOutput === false ? [] : [counterpart, again]) await requireSameOutput(comparison, subject, other)
    const run = async (turn: number) => await runPair({ subject, counterpart, again }, slicesPerBlock, turn)
    const blocks: PairedBlock[] = []
    for (let index = 0; index < warmUpBlocks; index++) await run(index)
    for (let index = 0; index < blocksPerRound; index++) blocks.push(await run(index))
    return blocks
  } finally {
    await Promise.all(opened.map((contestant) => contestant.close()))
  }
}

type Contestants = Readonly<Record<keyof PairedBlock, Contestant>>

/** One block of each, slice by slice in turn, so that what drifts is shared by all. */
async function runPair ({ subject, counterpart, again }: Contestants, slicesPerBlock: number, turn: number): Promise<PairedBlock> {
  const lanes = [subject, counterpart, again].map((contestant) => ({ contestant, slices: new Array<Slice>() }))
  for (let slice = 0; slice < slicesPerBlock; slice++) {
    for (const lane of orderOf(lanes, turn * slicesPerBlock + slice)) lane.slices.push(await lane.contestant.runSlice())
  }
  const [mine, theirs, others] = lanes.map(({ slices }) => blockOf(slices))
  if (mine === undefined || theirs === undefined || others === undefined) throw new RangeError('a block is of three contestants')
  return { subject: mine, counterpart: theirs, again: others }
}

/** Who goes first goes round, and every other time they go backwards: nobody runs after the same one each time. */
function orderOf<Lane> (lanes: readonly Lane[], turn: number): readonly Lane[] {
  const first = turn % lanes.length
  const order = [...lanes.slice(first), ...lanes.slice(0, first)]
  return Math.floor(turn / lanes.length) % 2 === 0 ? order : order.toReversed()
}

async function requireSameOutput (comparison: Comparison, subject: Contestant, counterpart: Contestant): Promise<void> {
  const [mine, theirs] = [await subject.output(), await counterpart.output()]
  if (mine === theirs) return
  const at = [...mine].findIndex((character, index) => character !== theirs[index])
  throw new Error(`${comparison.name}: the output differs from that of "${comparison.against}" at character ${at}:\n${mine.slice(at, at + 200)}\n${theirs.slice(at, at + 200)}`)
}
