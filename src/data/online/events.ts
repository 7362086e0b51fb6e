import type { Blocker, EndedBlocker } from '../events.js'

/** A lock on a table, as Postgres writes it. */
export type LockMode = 'ACCESS EXCLUSIVE' | 'SHARE ROW EXCLUSIVE' | 'SHARE UPDATE EXCLUSIVE'

/** What `online` tells while it works. */
export type OnlineNews =
  /** a statement is about to run: the lock that it takes, who may have to wait for it, and for how long at most (null: nobody who reads or writes) */
  | { type: 'statement', statement: string, lock: LockMode, holdsUp: string, atMostMs: number | null }
  /** a lock was not to be had in time, or a connection was lost, and it will be tried again */
  | { type: 'retry', attempt: number, attempts: number, delayMs: number, reason: string, blockers: readonly Blocker[] }
  /** a session that stood in the way was ended, as `blockers` allows */
  | { type: 'blocker-ended', how: EndedBlocker['how'], blocker: EndedBlocker['blocker'] }
  /** an index of this name is invalid while somebody is at work on the table, who may be building it */
  | { type: 'waiting', index: string, blockers: readonly Blocker[] }
  /** how far the server is with a long statement that has stages, once a second */
  | { type: 'progress', stage: string, done: number, total: number }
  /** what goes with a column that is dropped */
  | { type: 'dependents', objects: readonly string[] }
  /** nothing was to be done (`present`), or it is (`done`) */
  | { type: 'end', outcome: Outcome }

/** Whether anything had to be done. */
export type Outcome = 'done' | 'present'

/** An event with what it belongs to: e.g. `addIndex`, on `"public"."users"`. */
export type OnlineEvent = OnlineNews & { readonly operation: string, readonly table: string }
