import { randomUUID } from 'node:crypto'
import { mentionsOf } from './mentions.js'
import { rewrite } from './rewrite.js'
import { remember } from './rewritten-texts.js'
import type { TableStates } from './table-state.js'

/** The time between two changes of phase as one process sees it: how statements are served, and which are under way. */
export class Era {
  /** tells it from others in names of prepared statements */
  readonly id = randomUUID().slice(0, 8)
  readonly states: TableStates
  /** whether it reads a column of both sides */
  readonly spans: boolean
  /** a cheap test whether SQL may concern a table in transition; never false when it does */
  readonly mentions: (sql: string) => boolean
  readonly #rewrite: (sql: string) => string
  #active = 0
  #whenIdle: (() => void) | undefined
  #isOvertaken = false

  constructor (states: TableStates) {
    this.states = states
    this.mentions = mentionsOf(states)
    this.spans = states.tables.some(({ spanned }) => [...spanned.values()].some(({ mode }) => mode === 'spanned'))
    this.#rewrite = remember((sql) => rewrite(sql, states))
  }

  /** @throws FST_ERR_VINTAGE_STATEMENT_… when it cannot be served in this phase */
  serve (sql: string): string {
    return this.mentions(sql) ? this.#rewrite(sql) : sql
  }

  /** A statement or transaction begins; call what comes back when it has ended. */
  enter (): () => void {
    let inside = true
    this.#active++
    return () => {
      if (!inside) return
      inside = false
      this.#active--
      if (this.#active === 0) this.#whenIdle?.()
    }
  }

  /** Whether no statement or transaction of this era is under way. */
  get isIdle (): boolean {
    return this.#active === 0
  }

  /** The phases have moved on and nobody has waited for what is under way, since the lease had run out. */
  overtake (): void {
    this.#isOvertaken = true
  }

  get isOvertaken (): boolean {
    return this.#isOvertaken
  }

  /** @param tell called each time that the last one has ended */
  onIdle (tell: () => void): void {
    this.#whenIdle = tell
  }
}
