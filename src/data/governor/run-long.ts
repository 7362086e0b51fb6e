import type { Context } from '../context.js'
import { throwIfAborted } from './pause.js'

/**
 * Runs one long statement that blocks neither readers nor writers (CREATE INDEX CONCURRENTLY, VALIDATE), without a
 * limit on time or locks: a short lock_timeout would make it fail on readers of other tables. An abort cancels it
 * in the server too, where it would otherwise go on.
 */
export async function runLong (context: Context, statement: string): Promise<void> {
  throwIfAborted(context.signal)
  await context.database.session(async (session, pid) => {
    const cancel = (): void => { context.database.query('select pg_cancel_backend($1)', [pid]).catch(() => {}) }
    context.signal.addEventListener('abort', cancel, { once: true })
    try {
      await session.query('set lock_timeout = 0; set statement_timeout = 0')
      await session.query(statement)
    } catch (error) {
      throwIfAborted(context.signal)
      throw error
    } finally {
      context.signal.removeEventListener('abort', cancel)
      await session.query('reset lock_timeout; reset statement_timeout').catch(() => {})
    }
  })
}
