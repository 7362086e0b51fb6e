import type { Context } from '../context.js'
import type { Session, Sessions } from '../database.js'
import { beginWork, endWork } from './at-work.js'
import { throwIfAborted } from './pause.js'
import { runCancellable } from './run-cancellable.js'
import { takeTurn, type Turn } from './turn.js'

/** Lifts the limits and gives them as they were, in ms; the newest is of Postgres 17. */
const UNLIMITED = `
with found as materialized (
  select name, setting from pg_catalog.pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'client_connection_check_interval')
)
select name, setting, set_config(name, '0', false) from found`

/** What a connection of the application's had set comes back, not what it began with. */
const RESTORE = 'select set_config(name, setting, false) from unnest($1::text[], $2::text[]) as found (name, setting)'

/** The server looks once a second whether its client is still there, where its platform lets it. */
const LOOK_FOR_CLIENT = `
do $$ begin perform set_config('client_connection_check_interval', '1000', false); exception when invalid_parameter_value then null; end $$`

/** How a long statement is run. */
export interface LongOptions {
  /** it has to be its turn @default none: whenever it comes */
  readonly turn?: Turn
  /** the server ends it when its client is gone, so that it is not in the way of the next one; otherwise it goes on @default false */
  readonly endsWithClient?: boolean
}

/**
 * Runs one long statement that blocks neither readers nor writers (CREATE INDEX CONCURRENTLY, VALIDATE), without a
 * limit on time or locks: a short lock_timeout would make it fail on readers of other tables. An abort cancels it
 * in the server too, where it would otherwise go on.
 */
export async function runLong (context: Pick<Context, 'signal'> & { readonly database: Sessions }, statement: string, { turn, endsWithClient = false }: LongOptions = {}): Promise<void> {
  const { database, signal } = context
  throwIfAborted(signal)
  await database.session(async (session, pid) => {
    const limits = await session.query<{ name: string, setting: string }>(UNLIMITED)
    const cancellable = async <T>(work: () => Promise<T>): Promise<T> => await runCancellable(context, pid, work)
    try {
      await beginWork(session)
      if (endsWithClient) await session.query(LOOK_FOR_CLIENT)
      const asked = turn && { key: turn.key, wanted: async (looking: Session) => await cancellable(async () => await turn.wanted(looking)) }
      await takeTurn(session, signal, asked, async () => { await cancellable(async () => await session.query(statement)) })
    } catch (error) {
      throwIfAborted(signal)
      throw error
    } finally {
      await endWork(session)
      await session.query(RESTORE, [limits.map(({ name }) => name), limits.map(({ setting }) => setting)]).catch(() => {})
    }
  })
}
