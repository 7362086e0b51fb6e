import { DeadlinePassedError } from './deadline.js'

/** SQLSTATEs after which the same transaction may well succeed. */
const TRANSIENT: ReadonlyMap<string, string> = new Map([
  ['55P03', 'a lock was not to be had in time'],
  ['40P01', 'a deadlock'],
  ['40001', 'a serialisation failure'],
  ['57014', 'a statement timeout'],
  ['25P03', 'this session was idle for too long'],
  ['57P01', 'the server ended the connection'],
  ['57P02', 'the server crashed'],
  ['57P03', 'the server is starting'],
  ['53300', 'the server has no connection left'],
  ['08000', 'the connection was lost'],
  ['08003', 'the connection was lost'],
  ['08006', 'the connection was lost']
])

/** What pg says, without a code, when the other end hangs up in the middle of a query, and of the queries after. */
const HUNG_UP = /^(?:Connection terminated|Client has encountered a connection error)/

const LOST = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'])

/** Says why an error will pass, or undefined when it will not. */
export function transientReasonOf (error: unknown): string | undefined {
  if (error instanceof DeadlinePassedError) return error.message
  const code = codeOf(error)
  if (code !== undefined) return TRANSIENT.get(code) ?? (LOST.has(code) ? 'the connection was lost' : undefined)
  return error instanceof Error && HUNG_UP.test(error.message) ? 'the connection was lost' : undefined
}

/** The SQLSTATE or system code of an error. */
export function codeOf (error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
