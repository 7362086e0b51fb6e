import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { ResponseEdits } from '../versioning/response-edits.js'

/** Gives a response the status and the header names of the client's version; its body is as it shall be already. */
export function editResponse (reply: FastifyReply, edits: ResponseEdits | null): void {
  if (edits === null) return
  const status = edits.statuses.get(reply.statusCode)
  if (status !== undefined) reply.code(status)
  // all are read before one is written: names may be swapped
  const values = edits.headers.map(([name]) => reply.getHeader(name))
  for (const [name] of edits.headers) reply.removeHeader(name)
  for (const [index, [, older]] of edits.headers.entries()) if (values[index] !== undefined) reply.header(older, values[index])
}

/** Lets the body that Fastify itself makes of an error name the status that the client gets. */
export function editText (text: string, reply: FastifyReply, edits: ResponseEdits | null): string {
  const status = edits?.statuses.get(reply.statusCode)
  if (status === undefined || !text.startsWith('{"statusCode":')) return text
  return JSON.stringify({ ...JSON.parse(text), statusCode: status, error: STATUS_CODES[status] })
}
