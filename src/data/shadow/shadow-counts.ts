/** The latest difference that a process has seen. */
export interface ShadowDifference {
  /** the statement, without values */
  readonly statement: string
  /** when, by the clock of the database */
  readonly at: Date
}

/** What the shadow reads of a process have given for one transition, since it began. */
export interface ShadowCount {
  readonly transition: string
  readonly compared: number
  readonly different: number
  readonly last: ShadowDifference | null
}

/** The counters of one process. */
export class ShadowCounts {
  readonly #counts = new Map<string, ShadowCount>()
  /** not told yet: what has been told may have been forgotten since, with the step that has ended its transition */
  readonly #changed = new Set<string>()

  /** @param difference undefined: the rows were the same */
  note (transition: string, difference: ShadowDifference | undefined): void {
    const { compared, different, last } = this.#counts.get(transition) ?? { compared: 0, different: 0, last: null }
    this.#counts.set(transition, { transition, compared: compared + 1, different: different + (difference === undefined ? 0 : 1), last: difference ?? last })
    this.#changed.add(transition)
  }

  /** Sends the counters that have changed since they were last sent; what could not be sent is tried again. */
  async report (send: (counts: readonly ShadowCount[]) => Promise<void>): Promise<void> {
    const changed = [...this.#changed]
    if (changed.length === 0) return
    this.#changed.clear()
    try {
      await send([...this.#counts.values()].filter(({ transition }) => changed.includes(transition)))
    } catch (error) {
      for (const transition of changed) this.#changed.add(transition)
      throw error
    }
  }
}
