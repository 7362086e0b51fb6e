import { quantile } from '../statistics/quantile.js'

/** What one slice of a block took in one process. */
export interface Slice {
  readonly operations: number
  /** CPU time of the process, user and system, of all operations, in µs */
  readonly cpuMicros: number
  /** in ms */
  readonly wallMs: number
  /** of each operation, in ms; null where single operations are not timed */
  readonly latenciesMs: readonly number[] | null
}

/** What one block of operations took in one process. */
export interface Block {
  /** CPU time of the process, user and system, per operation, in µs */
  readonly cpuMicros: number
  /** operations per second of wall time */
  readonly perSecond: number
  /** of the latency, in µs; null where single operations are not timed */
  readonly p99Micros: number | null
}

/** Blocks that ran slice by slice in turn in the three processes of a comparison, in an order that goes round. */
export interface PairedBlock {
  readonly subject: Block
  readonly counterpart: Block
  /** a second process of the counterpart: A against A */
  readonly again: Block
}

/** With the number of the round, in which three processes ran. */
export interface RoundBlock extends PairedBlock {
  readonly round: number
}

/** One process of a comparison. */
export interface Contestant {
  /** What it gives for a fixed input, to be compared with that of the other. */
  output (): Promise<string>
  runSlice (): Promise<Slice>
  close (): Promise<void>
}

/** Puts the slices of a block together. */
export function blockOf (slices: readonly Slice[]): Block {
  const sum = (value: (slice: Slice) => number) => slices.reduce((total, slice) => total + value(slice), 0)
  const operations = sum((slice) => slice.operations)
  const latencies = slices.flatMap(({ latenciesMs }) => latenciesMs ?? [])
  return {
    cpuMicros: sum(({ cpuMicros }) => cpuMicros) / operations,
    perSecond: operations / sum(({ wallMs }) => wallMs) * 1000,
    p99Micros: latencies.length === 0 ? null : quantile(latencies, 0.99) * 1000
  }
}
