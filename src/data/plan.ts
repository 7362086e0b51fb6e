import type { Session } from './database.js'
import type { Phase } from './phases.js'
import type { TransitionState } from './state/transitions.js'
import type { TableChange } from './steps/commit-step.js'

/** One statement that a step would run. */
export interface PlannedStatement {
  /** SQL, or in words what many statements do together */
  readonly statement: string
  /** the lock that it takes on the table; null: none */
  readonly lock: 'ACCESS EXCLUSIVE' | 'SHARE ROW EXCLUSIVE' | 'SHARE UPDATE EXCLUSIVE' | 'ROW EXCLUSIVE' | 'ACCESS SHARE' | null
  /** what may have to wait for it */
  readonly holdsUp: string
  /** for how long at most, in ms; null: nothing waits, or as long as its row locks last */
  readonly atMostMs: number | null
}

/** What one step would do. */
export interface PlannedStep {
  readonly phase: Phase
  readonly statements: readonly PlannedStatement[]
}

/** A statement that takes no lock on the table. */
export function unlocked (statement: string): PlannedStatement {
  return { statement, lock: null, holdsUp: 'nothing', atMostMs: null }
}

/** A statement under the table's exclusive lock; all of them in one transaction share the deadline. */
export function locked (statement: string, deadlineMs: number): PlannedStatement {
  return { statement, lock: 'ACCESS EXCLUSIVE', holdsUp: 'reads and writes of the table', atMostMs: deadlineMs }
}

/**
 * A statement under a lock that lets everybody read.
 *
 * @param other another table that it locks alike, quoted, with its schema
 */
export function lockedForWriters (statement: string, deadlineMs: number, other: string | null = null): PlannedStatement {
  return { statement, lock: 'SHARE ROW EXCLUSIVE', holdsUp: `writes of the table${other === null ? '' : ` and of ${other}`}`, atMostMs: deadlineMs }
}

/** A statement on the read view, which reads the table's catalogue. */
function ofView (statement: string, deadlineMs: number): PlannedStatement {
  return { statement, lock: 'ACCESS SHARE', holdsUp: 'reads of the view', atMostMs: deadlineMs }
}

/** A long statement that lets everybody read and write. */
export function concurrent (statement: string): PlannedStatement {
  return { statement, lock: 'SHARE UPDATE EXCLUSIVE', holdsUp: 'other DDL and VACUUM of the table only', atMostMs: null }
}

/** The statements of a change that a step makes in one transaction with the phase. */
export async function planChange (session: Session, state: TransitionState, plan: TableChange['plan'], deadlineMs: number): Promise<PlannedStatement[]> {
  const { unlocked: before, view = [], locked: under } = await plan(session, state)
  return [...before.map(unlocked), ...view.map((statement) => ofView(statement, deadlineMs)), ...under.map((statement) => locked(statement, deadlineMs))]
}
