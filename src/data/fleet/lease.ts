/** Milliseconds of two clocks at one moment; both go on while the process is stopped, `wall` also while the machine sleeps. */
export interface Moment {
  readonly steady: number
  readonly wall: number
}

const readClocks = (): Moment => ({ steady: performance.now(), wall: Date.now() })

/** This process's own view of its lease; it runs out here before it runs out in the database. */
export class Lease {
  readonly #leaseMs: number
  readonly #readClocks: () => Moment
  #from: Moment | undefined

  constructor (leaseMs: number, clocks = readClocks) {
    this.#leaseMs = leaseMs
    this.#readClocks = clocks
  }

  /** To be read before the renewal is sent. */
  now (): Moment {
    return this.#readClocks()
  }

  /** @param from undefined gives the lease up */
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
    if (this.#from === undefined) return Infinity
    const { steady, wall } = this.now()
    return Math.max(steady - this.#from.steady, wall - this.#from.wall)
  }
}
