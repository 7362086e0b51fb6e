import type { Session } from '../database.js'
import { endingOf, type BlockerPolicy } from '../governor/blocker-policy.js'
import type { TableLock } from '../governor/blockers.js'
import { startDeadline } from '../governor/deadline.js'
import { runLocked, type Governed } from '../governor/run-locked.js'
import { runLong, type LongOptions } from '../governor/run-long.js'
import { watchProgress } from './watch-progress.js'
import type { LockMode, OnlineNews } from './events.js'
import type { FoundTable } from './find-table.js'
import { mayNote, noteConstraint, type NotedConstraint } from './note-work.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'

/** One call of a function of `online`, under way. */
export interface Operation extends Governed {
  /** e.g. `addIndex("public"."users")`, with which messages begin */
  readonly subject: string
  readonly table: FoundTable
  /** e.g. 18 */
  readonly serverMajor: number
  /** what becomes of sessions that stand in the way */
  readonly blockers: BlockerPolicy
  readonly tell: (news: OnlineNews) => void
}

/** A short change of the catalogue. */
export interface Alteration {
  readonly lock: Extract<TableLock, 'access exclusive' | 'share row exclusive'>
  /** columns of the table that it concerns, not quoted */
  readonly columns: readonly string[]
  /** another table that is locked as well, quoted */
  readonly alsoLocked?: readonly string[]
  /** looks at what is there, while no other DDL can change it; @returns the statements that are left to be run */
  readonly plan: (session: Session) => Promise<readonly string[]>
  /** what its statements, if any are left, begin and do not finish @default nothing */
  readonly begins?: (session: Session) => Promise<NotedConstraint>
}

const LOCK_MODES = { 'access exclusive': 'ACCESS EXCLUSIVE', 'share row exclusive': 'SHARE ROW EXCLUSIVE' } as const
const HELD_UP = { 'access exclusive': 'reads and writes of the table', 'share row exclusive': 'writes of the tables' } as const

/** Makes a short change in one transaction, within the deadline for its locks, and again until they could be had. */
export async function alterTable (operation: Operation, { lock, columns, alsoLocked = [], plan, begins }: Alteration): Promise<void> {
  const { lockDeadlineMs: atMostMs } = operation
  await runLocked(operation, {
    subject: operation.subject,
    locks: new Map([operation.table.quoted, ...alsoLocked].map((table) => [table, lock])),
    onRetry: (retry) => operation.tell({ type: 'retry', ...retry }),
    ending: endingOf(operation.blockers, async (_session, { how, blocker }) => operation.tell({ type: 'blocker-ended', how, blocker })),
    work: async (session) => {
      await refuseColumnsInTransition(session, operation, columns)
      const statements = await plan(session)
      const notes = begins !== undefined && statements.length > 0 && await mayNote(session)
      const run = startDeadline(session, atMostMs)
      for (const statement of statements) {
        operation.tell({ type: 'statement', statement, lock: LOCK_MODES[lock], holdsUp: HELD_UP[lock], atMostMs })
        await run(statement)
      }
      if (notes) await noteConstraint({ query: run }, operation.table, await begins({ query: run }))
    }
  })
}

/** Runs a long statement that holds up neither readers nor writers, without a limit of time. */
export async function runOnline (operation: Operation, statement: string, options?: LongOptions): Promise<void> {
  const lock: LockMode = 'SHARE UPDATE EXCLUSIVE'
  operation.tell({ type: 'statement', statement, lock, holdsUp: 'other DDL and VACUUM of the table only', atMostMs: null })
  const stop = watchProgress(operation)
  await runLong(operation, statement, options).finally(stop)
}
