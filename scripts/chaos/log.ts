import { openSync, writeSync } from 'node:fs'

/** What of a row is written on its own, with a version of its own. */
export type Cell = 'name' | 'points'

/** One line of what a process of the traffic did; what was written to the file outlives a kill -9. */
export type Entry =
  /** about to be sent: may be in the table afterwards, or not */
  | { readonly kind: 'try', readonly cell: Cell, readonly uid: number, readonly value: string }
  /** the database has said so, at a moment of `clockMs` */
  | { readonly kind: 'told', readonly cell: Cell, readonly uid: number, readonly value: string, readonly ver: number, readonly at: number }
  /** `asked`: the moment of `clockMs` before it was sent */
  | { readonly kind: 'read', readonly cell: Cell, readonly uid: number, readonly value: string, readonly ver: number, readonly asked: number }
  /** a request that was answered */
  | { readonly kind: 'answered' }
  /** a row that is about to be inserted or deleted, and one that is */
  | { readonly kind: 'inserting' | 'inserted' | 'deleting' | 'deleted', readonly uid: number }
  /** the key of a row has changed */
  | { readonly kind: 'moved', readonly uid: number }
  /** there was no such row; `known`: this process had been told that there is */
  | { readonly kind: 'missed', readonly uid: number, readonly known: boolean }
  /** `fragile`: a row was among those asked for whose score may be no number */
  | { readonly kind: 'error', readonly by: string, readonly code: string, readonly message: string, readonly fragile: boolean }

/** Milliseconds of a clock that all processes of a machine share, and that nobody sets. */
export function clockMs (): number {
  return Number(process.hrtime.bigint()) / 1e6
}

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
