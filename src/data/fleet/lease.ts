/** Milliseconds of clocks that go on while the process is stopped; the second one also while the machine sleeps. */
const CLOCKS = [() => performance.now(), () => Date.now()] as const

/** Readings of the clocks at one moment. */
export type Moment = readonly number[]

/** This process's own view of its lease; it runs out here before it runs out in the database. */
export class Lease {
  readonly #leaseMs: number
  readonly #clocks: readonly (() => number)[]
  #from: Moment | undefined

  constructor (leaseMs: number, clocks: readonly (() => number)[] = CLOCKS) {
    this.#leaseMs = leaseMs
    this.#clocks = clocks
  }

  /** To be read before the renewal is sent. */
  now (): Moment {
    return this.#clocks.map((clock) => clock())
  }

  renew (from: Moment | undefined): void {
    this.#from = from
  }

  get holds (): boolean {
    return this.#passedMs() < this.#leaseMs
  }

  /** Whether a third of it has passed. */
  get isDue (): boolean {
    return this.#passedMs() > this.#leaseMs / 3
  }

  #passedMs (): number {
    const from = this.#from
    return from === undefined ? Infinity : Math.max(...this.now().map((reading, clock) => reading - (from[clock] ?? -Infinity)))
  }
}
