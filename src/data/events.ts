import type { Phase } from './phases.js'

/** A session or prepared transaction that stands in the way. */
export interface Blocker {
  /** null for a prepared transaction */
  readonly pid: number | null
  /** how long its transaction has been open; null when this role may not see it */
  readonly ageMs: number | null
  /** its current or last statement, cut to 200 characters; `<insufficient privilege>` when this role may not see it, null of a prepared transaction */
  readonly query: string | null
  readonly application: string | null
  /** e.g. `AccessShareLock` */
  readonly lock: string
}

/** A session that was ended because it stood in the way. */
export interface EndedBlocker {
  /** its running statement was cancelled, or all of it terminated */
  readonly how: 'cancelled' | 'terminated'
  /** the table of its lock, quoted, with its schema */
  readonly table: string
  readonly blocker: Blocker & { readonly pid: number }
}

/** What an operator tells while it works; `report` gets each of them. */
export type OperatorEvent =
  /** a knex migration has run */
  | { type: 'migration', migration: string }
  /** a transition has gone into a phase; `from` is null when it has just begun; `fresh` when all phases were taken at once */
  | { type: 'phase', transition: string, from: Phase | null, phase: Phase, epoch: number, fresh: boolean }
  /** a step waits before it may begin */
  | { type: 'waiting', transition: string, for: 'acknowledgements' | 'transactions' | 'operator', until: Date, instances: readonly string[], blockers: readonly Blocker[] }
  /** a long statement of an operator whose lease has run out is waited for, or (`ending`) ended */
  | { type: 'former-work', transition: string, ending: boolean, blocker: Blocker }
  /** another `migrate` is running in this database, and its end is waited for */
  | { type: 'waiting', transition: null, for: 'migrate', until: Date, instances: readonly string[], blockers: readonly Blocker[] }
  /** a DDL transaction gave up its place in the lock queue and will try again */
  | { type: 'lock-retry', transition: string, step: string, attempt: number, attempts: number, delayMs: number, reason: string, blockers: readonly Blocker[] }
  /** a session that stood in the way was ended, as `blockers` allows */
  | { type: 'blocker-ended', transition: string, how: EndedBlocker['how'], table: string, blocker: EndedBlocker['blocker'] }
  /** a batch was filled, or (`finished`) the last one */
  | { type: 'backfill', transition: string, doneRows: number, totalRows: number, rowsPerSecond: number, etaMs: number | null, batchRows: number, finished: boolean }
  /** a batch failed for a reason that passes, and will be tried again, smaller */
  | { type: 'backfill-retry', transition: string, attempt: number, attempts: number, batchRows: number, delayMs: number, reason: string }
  /** no batch is begun now, and why; null: they are again */
  | { type: 'backfill-held', transition: string, reason: string | null }
  /** a backfill has ended, and these rows could not be filled */
  | { type: 'set-aside', transition: string, rows: number }
  /** a range of pages was verified, or (`finished`) the last one */
  | { type: 'verify', transition: string, doneRows: number, totalRows: number, rowsPerSecond: number, etaMs: number | null, pendingRows: number, mismatchedRows: number, finished: boolean }
  /** shadow reads have differed before every row was verified, the last one at `lastAt` */
  | { type: 'shadow-reads', transition: string, compared: number, different: number, lastAt: Date, statement: string }
  /** an index on the new side */
  | { type: 'index', transition: string, index: string, state: 'building' | 'built' | 'present' | 'waiting for another builder' | 'dropping what a killed build left' }
  /** a constraint on the new side, e.g. `not null on full_name` */
  | { type: 'constraint', transition: string, constraint: string, state: 'validating' | 'in place' }
  /** triggers of others that fire for each row that is filled, as has just been agreed, e.g. `` `touch` (before each row, public.touch) `` */
  | { type: 'triggers', transition: string, triggers: readonly string[] }
  /** objects that hang on the old columns; they block the drop, or go with the columns (`dropped`) */
  | { type: 'dependents', transition: string, objects: readonly string[], dropped: boolean }
  /** a marker that no transition has stays, since these, which others have made, hang on it */
  | { type: 'kept-marker', marker: string, table: string, objects: readonly string[] }

export type Report = (event: OperatorEvent) => void
