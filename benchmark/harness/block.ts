/** What one block of operations took in one process. */
export interface Block {
  /** CPU time of the process, user and system, per operation, in µs */
  readonly cpuMicros: number
  /** operations per second of wall time */
  readonly perSecond: number
  /** of the latency, in µs; null where single operations are not timed */
  readonly p99Micros: number | null
}

/** Blocks that ran one after another in the three processes of a comparison, in an order that goes round. */
export interface PairedBlock {
  readonly subject: Block
  readonly counterpart: Block
  /** a second process of the counterpart: A against A */
  readonly again: Block
}

/** One process of a comparison. */
export interface Contestant {
  /** What it gives for a fixed input, to be compared with that of the other. */
  output (): Promise<string>
  runBlock (): Promise<Block>
  close (): Promise<void>
}
