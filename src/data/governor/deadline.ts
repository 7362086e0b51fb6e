import type { Session } from '../database.js'

/** The share of a deadline that is left when the last wait ends: for the rollback, and until those who queued up have been served. */
const RESERVE = 0.1

/** The time of a DDL transaction is up before all its statements have run. */
export class DeadlinePassedError extends Error {
  constructor (deadlineMs: number) {
    super(`the transaction had ${deadlineMs} ms for all its locks`)
    this.name = 'DeadlinePassedError'
  }
}

/**
 * Starts the clock of a transaction: all statements that the returned function runs hold up nobody for longer than
 * `deadlineMs` together, since each may wait for its lock, and run, for what is left of nine tenths of it. The server ends a client that
 * stops in between.
 *
 * @returns throws DeadlinePassedError when nothing is left
 */
export function startDeadline (session: Session, deadlineMs: number): Session['query'] {
  const start = performance.now()
  return async (statement, values) => {
    const leftMs = Math.floor(deadlineMs * (1 - RESERVE) - (performance.now() - start))
    if (leftMs < 1) throw new DeadlinePassedError(deadlineMs)
    await session.query(`set local lock_timeout = ${leftMs}; set local statement_timeout = ${leftMs}; set local idle_in_transaction_session_timeout = ${leftMs}`)
    return await session.query(statement, values)
  }
}
