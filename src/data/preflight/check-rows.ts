import { RefusedLossError } from '../../errors.js'
import type { Context } from '../context.js'
import { pinSearchPath } from '../dual-writer/sides.js'
import { runDdl } from '../governor/run-ddl.js'
import { findLoss } from '../round-trip/find-loss.js'
import type { TripSides } from '../round-trip/sides.js'
import { sampledFrom } from '../round-trip/sources.js'
import type { Transition } from '../transition.js'

/** How long the server lets this session read, and be silent: nobody but DDL waits for it. */
const HOLD_MS = 10_000

/**
 * Holds the class that a definition claims against a sample of rows, before any DDL; nothing is written.
 *
 * @param table quoted, with its schema
 * @throws FST_ERR_VINTAGE_REFUSED_LOSS
 * @throws FST_ERR_VINTAGE_REFUSED_LOCK where the table is locked against readers
 */
export async function checkRows (context: Context, transition: Transition, sides: TripSides, table: string): Promise<void> {
  const { loss } = await runDdl(context, {
    transition: transition.name,
    step: 'expand',
    table,
    lock: 'access share',
    lease: null,
    work: async (session) => {
      await session.query(`set transaction read only; set local lock_timeout = ${context.lockDeadlineMs}; set local statement_timeout = ${HOLD_MS}; set local idle_in_transaction_session_timeout = ${HOLD_MS}`)
      await session.query(`lock table ${table} in access share mode`)
      // a policy that hid rows would be an error
      await session.query('set local row_security = off')
      await pinSearchPath(session)
      return await findLoss(session, transition, sides, await sampledFrom(session, table, sides.old))
    }
  })
  if (loss !== null) throw new RefusedLossError(`transition \`${transition.name}\`: ${loss}`)
}
