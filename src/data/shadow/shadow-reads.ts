import { setImmediate as nextTurn } from 'node:timers/promises'
import { messageOf, withCause } from '../../caught.js'
import { ShadowReadsError } from '../../errors.js'
import type { Session, Sessions } from '../database.js'
import { codeOf } from '../governor/transient.js'
import type { Era } from '../knex/era.js'
import { remember } from '../knex/rewritten-texts.js'
import type { Transition } from '../transition.js'
import { anonymousText } from './anonymous-text.js'
import { compareForms } from './compare-forms.js'
import { isRepeatable } from './is-repeatable.js'
import type { ShadowCounts } from './shadow-counts.js'
import { shadowFormsOf, type ShadowForms, type TransitionForms } from './shadow-forms.js'

/** One snapshot for all forms. */
const SNAPSHOT = 'isolation level repeatable read, read only'

/** A process that is halted in between must not keep its lock on the table, which a step would wait for. */
const LIMITS = `
set local statement_timeout = 500; set local lock_timeout = 100; set local idle_in_transaction_session_timeout = 5000;
set local max_parallel_workers_per_gather = 0; set local synchronize_seqscans = off`

/** All statements of a comparison; one that is at work by then ends at its own limit. */
const BUDGET_MS = 1_000

/** A comparison that takes longer is slow. */
const SLOW_MS = 500

/** A server that slow ones keep busy is left in peace nine tenths of the time. */
const REST = 9

const FILLED = 'select transition from vintage.backfills where finished_at is not null'

/** A backfill takes long, so asking more often whether it is through would say nothing new. */
const FILLED_EVERY_MS = 1_000

/** What shadow reads need. */
export interface ShadowOptions {
  /** of the statements that could be compared, 0 to 1 */
  readonly share: number
  readonly transitions: readonly Transition[]
  readonly counts: ShadowCounts
  /** connections that the application does not use, so that it never waits for one */
  readonly sessions: Sessions
  /** whether statements are still served in that era */
  isLatest (era: Era): boolean
  /** after which no further transition is compared of one statement @default 1_000 */
  readonly budgetMs?: number
  /** told of what keeps all statements from being compared, FST_ERR_VINTAGE_SHADOW_READS, once until it has gone */
  onError (error: unknown): void
}

/** A statement that has been looked at. */
interface Looked {
  /** undefined: it is not compared in this era */
  forms: ShadowForms | undefined
  /** whether the catalogue was asked about what it names */
  isChecked: boolean
  /** whether it answered in time so far */
  asksOld: boolean
}

/**
 * Runs a share of the application's SELECTs once more in the background, as they are served and as they will be, and
 * counts where the rows differ. One at a time, and never in the way of the application.
 */
export class ShadowReads {
  readonly #options: ShadowOptions
  readonly #eras = new WeakMap<Era, (sql: string) => Looked>()
  #filled: { readonly names: ReadonlySet<string>, readonly readAt: number } = { names: new Set(), readAt: -Infinity }
  #running: Promise<void> | undefined
  #isFailing = false
  #restsUntil = -Infinity
  #isStopped = false

  constructor (options: ShadowOptions) {
    this.#options = options
  }

  /** Whether the next statement of an era is to be compared. */
  picks (era: Era): boolean {
    if (this.#running !== undefined || this.#isStopped || Math.random() >= this.#options.share) return false
    return era.spans && performance.now() >= this.#restsUntil
  }

  /**
   * Begins to compare a statement that has been answered; `picks` has just said so.
   *
   * @param sql speaks head columns, parameters as `$1`
   * @returns when it is through, whatever became of it
   */
  async compare (era: Era, sql: string, bindings: readonly unknown[]): Promise<void> {
    this.#running = this.#compare(era, sql, bindings)
      .catch((error: unknown) => this.#report(error))
      .finally(() => { this.#running = undefined })
    await this.#running
  }

  /** Waits for the comparison in hand. */
  async stop (): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  #report (error: unknown): void {
    if (!this.#isFailing) this.#options.onError(withCause(new ShadowReadsError(messageOf(error)), error))
    this.#isFailing = true
    this.#restsUntil = performance.now() + FILLED_EVERY_MS
  }

  async #compare (era: Era, sql: string, bindings: readonly unknown[]): Promise<void> {
    // the application's answer goes first
    await nextTurn()
    const looked = this.#look(era, sql)
    const { forms } = looked
    if (forms === undefined || !this.#options.isLatest(era) || (this.#knowsFilled && this.#filledOf(forms).length === 0)) return
    await this.#options.sessions.transaction(async (session) => {
      await session.query(LIMITS)
      if (!this.#knowsFilled) await this.#readFilled(session)
      const began = performance.now()
      await this.#compareIn(session, looked, forms, bindings).catch((error: unknown) => {
        if (isLasting(error)) looked.forms = undefined
      })
      const tookMs = performance.now() - began
      if (tookMs >= SLOW_MS) this.#restsUntil = performance.now() + REST * tookMs
    }, SNAPSHOT)
    this.#isFailing = false
  }

  #look (era: Era, sql: string): Looked {
    const look = this.#eras.get(era) ?? remember((text) => ({ forms: formsOf(text, era, this.#options.transitions), isChecked: false, asksOld: true }))
    this.#eras.set(era, look)
    return look(sql)
  }

  async #compareIn (session: Session, looked: Looked, forms: ShadowForms, bindings: readonly unknown[]): Promise<void> {
    if (!looked.isChecked && !await isRepeatable(session, forms.named)) {
      looked.forms = undefined
      return
    }
    looked.isChecked = true
    const until = performance.now() + (this.#options.budgetMs ?? BUDGET_MS)
    for (const one of this.#filledOf(forms)) {
      const { verdict, at, isOldTooSlow } = await compareForms(session, forms, one, bindings, looked.asksOld)
      if (isOldTooSlow) looked.asksOld = false
      if (verdict !== 'unsure') this.#options.counts.note(one.transition, verdict === 'same' ? undefined : { statement: anonymousText(forms.sql), at })
      if (performance.now() >= until) return
    }
  }

  get #knowsFilled (): boolean {
    return performance.now() - this.#filled.readAt < FILLED_EVERY_MS
  }

  async #readFilled (session: Session): Promise<void> {
    const rows = await session.query(FILLED)
    this.#filled = { names: new Set(rows.map(({ transition }) => String(transition))), readAt: performance.now() }
  }

  #filledOf ({ transitions }: ShadowForms): readonly TransitionForms[] {
    return transitions.filter(({ transition }) => this.#filled.names.has(transition))
  }
}

function formsOf (sql: string, era: Era, transitions: readonly Transition[]): ShadowForms | undefined {
  try {
    return era.mentions(sql) ? shadowFormsOf(sql, era.states, transitions) : undefined
  } catch {
    // a form that cannot be made: the statement itself has been answered
    return undefined
  }
}

const CANCELLED = '57014'

/** Of syntax, names and privileges. */
const NOT_UNDERSTOOD = '42'

/** Whether a statement would fail again: it is too slow, or only its own connection can run it. Values change. */
function isLasting (error: unknown): boolean {
  const code = codeOf(error)
  return code === CANCELLED || code?.startsWith(NOT_UNDERSTOOD) === true
}
