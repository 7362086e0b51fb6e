import type { Session, Sessions } from '../database.js'

/** Of a table that takes longer to read, a message does without. */
const LONGEST_SECONDS = 30

/** Reads what a message is to name, within a limit of time: who called waits for it, and nothing else would end it. */
export async function lookBriefly<T> (database: Sessions, read: (session: Session) => Promise<T>): Promise<T> {
  return await database.transaction(async (session) => {
    await session.query(`set local statement_timeout = '${LONGEST_SECONDS}s'`)
    return await read(session)
  })
}
