import type { Context } from '../context.js'
import type { Sessions } from '../database.js'
import { throwIfAborted } from './pause.js'

/** Lifts the limits and gives them as they were, in ms; the newest is of Postgres 17. */
const UNLIMITED = `
with found as materialized (
  select name, setting from pg_catalog.pg_settings where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout')
)
select name, setting, set_config(name, '0', false) from found`

/** What a connection of the application's had set comes back, not what it began with. */
const RESTORE = 'select set_config(name, setting, false) from unnest($1::text[], $2::text[]) as found (name, setting)'

/**
 * Runs one long statement that blocks neither readers nor writers (CREATE INDEX CONCURRENTLY, VALIDATE), without a
 * limit on time or locks: a short lock_timeout would make it fail on readers of other tables. An abort cancels it
 * in the server too, where it would otherwise go on.
 */
export async function runLong (context: Pick<Context, 'signal'> & { readonly database: Sessions }, statement: string): Promise<void> {
  throwIfAborted(context.signal)
  await context.database.session(async (session, pid) => {
    const limits = await session.query<{ name: string, setting: string }>(UNLIMITED)
    const cancel = (): void => { context.database.query('select pg_cancel_backend($1)', [pid]).catch(() => {}) }
    context.signal.addEventListener('abort', cancel, { once: true })
    try {
      // an abort before the listener was there
      throwIfAborted(context.signal)
      await session.query(statement)
    } catch (error) {
      throwIfAborted(context.signal)
      throw error
    } finally {
      context.signal.removeEventListener('abort', cancel)
      await session.query(RESTORE, [limits.map(({ name }) => name), limits.map(({ setting }) => setting)]).catch(() => {})
    }
  })
}
