import type { Session } from '../database.js'
import { backoffMs, pause, throwIfAborted } from '../governor/pause.js'
import type { Governed } from '../governor/run-locked.js'
import { codeOf, transientReasonOf } from '../governor/transient.js'
import type { OnlineEvent, OnlineNews, Outcome } from './events.js'
import { findTable, type TableName } from './find-table.js'
import type { Operation } from './operation.js'

/** No limit of time is set for what runs outside `alterTable`, so somebody has cancelled it, and means it. */
const CANCELLED = '57014'

/**
 * Runs one function of `online`, and again from the start, where it finds what is done, after a lost connection, a
 * deadlock or the like.
 *
 * @param name of the function, for events and messages
 */
export async function runOperation (governed: Governed & Pick<Operation, 'blockers'> & { readonly report: (event: OnlineEvent) => void }, name: string, table: TableName, work: (operation: Operation) => Promise<Outcome>): Promise<Outcome> {
  const { database, lockAttempts: attempts, report, signal } = governed
  for (let attempt = 1; ; attempt++) {
    let told: string = typeof table === 'string' ? table : table.table
    const tell = (news: OnlineNews): void => report({ ...news, operation: name, table: told })
    try {
      throwIfAborted(signal)
      const found = await findTable(database, `${name}(${told})`, table)
      told = found.quoted
      const outcome = await work({ ...governed, subject: `${name}(${told})`, table: found, serverMajor: await readMajor(database), tell })
      tell({ type: 'end', outcome })
      return outcome
    } catch (error) {
      const reason = transientReasonOf(error)
      if (reason === undefined || codeOf(error) === CANCELLED || attempt >= attempts) throw error
      const delayMs = backoffMs(attempt)
      tell({ type: 'retry', attempt, attempts, delayMs, reason, blockers: [] })
      await pause(delayMs, signal)
    }
  }
}

async function readMajor (session: Session): Promise<number> {
  const [found] = await session.query<{ version: number }>("select current_setting('server_version_num')::int as version")
  return Math.floor(Number(found?.version) / 10_000)
}
