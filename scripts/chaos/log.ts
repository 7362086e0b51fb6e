import { openSync, writeSync } from 'node:fs'

/** One line of what a process of the traffic did; what was written to the file outlives a kill -9. */
export type Entry =
  /** about to be sent: may be in the table afterwards, or not */
  | { readonly kind: 'try', readonly id: number, readonly full: string }
  /** the database has said so */
  | { readonly kind: 'told', readonly id: number, readonly full: string, readonly ver: number }
  /** `told`: the highest version of that row that this process had been told when it asked */
  | { readonly kind: 'read', readonly id: number, readonly full: string, readonly ver: number, readonly told: number }
  | { readonly kind: 'error', readonly by: string, readonly code: string, readonly message: string }

/** Appends to the log of a process, line by line, without a buffer of its own. */
export function openLog (file: string): (entry: Entry) => void {
  const handle = openSync(file, 'a')
  return (entry) => { writeSync(handle, `${JSON.stringify(entry)}\n`) }
}

/** What tells errors apart: SQLSTATE, code of the system, or name. knex puts the statement before the message. */
export function describeError (error: unknown): { code: string, message: string } {
  if (!(error instanceof Error)) return { code: 'unknown', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : /Connection terminated|connection error/.test(error.message) ? 'terminated' : error.name
  return { code, message: error.message.slice(-300) }
}
