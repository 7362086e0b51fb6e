import type { FastifyReply, FastifySchemaValidationError } from 'fastify'
import { isRecord } from '../versioning/json-schema.js'
import { findSymbol } from './fastify-internals.js'

/** One fault of a request: what is wrong with which of its values. */
export interface Fault {
  /** The part of the request: `body`, `querystring`, `params` or `headers`. */
  readonly in: string
  /** JSON pointer to a value that the client sent, as a fragment: `#/first_name`. */
  readonly pointer: string
  readonly detail: string
}

/** What is known of an error beside what Fastify's default error handler makes of it. */
export interface ProblemFacts {
  /** All versions, for those who named none of them. */
  readonly versions: readonly string[]
  readonly faults: readonly Fault[]
  /** Whether the route has a response schema for the status: the body that it describes is left as it is. */
  readonly hasSchema: boolean
}

const prefix = '"code":"FST_ERR_VINTAGE_'
const aboutVersions = new Set(['FST_ERR_VINTAGE_UNKNOWN_VERSION', 'FST_ERR_VINTAGE_AMBIGUOUS_VERSION', 'FST_ERR_VINTAGE_VERSION_REQUIRED'])

/**
 * Makes a problem (RFC 9457) of the body that Fastify's default error handler has made of an error of ours; it keeps
 * the members of that, for clients that know those. What an error handler of the app has made stays as it is.
 * @param facts asked only when the text is such a body
 * @returns the text for the client
 * @see https://www.rfc-editor.org/rfc/rfc9457.html
 */
export function describeProblem (reply: FastifyReply, text: string, facts: () => ProblemFacts): string {
  if (!text.includes(prefix) || !isFromDefaultHandler(reply)) return text
  const { versions, faults, hasSchema } = facts()
  const body: unknown = hasSchema ? null : JSON.parse(text)
  if (!isRecord(body) || typeof body.code !== 'string') return text
  const problem = JSON.stringify({
    type: typeOf(body.code),
    title: titleOf(body.code),
    status: body.statusCode,
    detail: body.message,
    ...(aboutVersions.has(body.code) ? { supported: versions } : {}),
    ...(faults.length > 0 ? { errors: faults } : {}),
    ...body
  })
  reply.header('content-type', 'application/problem+json; charset=utf-8').header('content-length', Buffer.byteLength(problem))
  return problem
}

/** The faults in the values of one part of a request. */
export function faultsOf (errors: readonly FastifySchemaValidationError[], part: string): Fault[] {
  return errors.map(({ instancePath, message }) => ({ in: part, pointer: `#${encodeURI(instancePath)}`, detail: String(message) }))
}

/** `FST_ERR_VINTAGE_UNKNOWN_VERSION` → `urn:problem-type:fastify-vintage:unknown-version` */
function typeOf (code: string): string {
  return `urn:problem-type:fastify-vintage:${nameOf(code).toLowerCase().replaceAll('_', '-')}`
}

/** `FST_ERR_VINTAGE_UNKNOWN_VERSION` → `Unknown version` */
function titleOf (code: string): string {
  const name = nameOf(code).toLowerCase().replaceAll('_', ' ')
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function nameOf (code: string): string {
  return code.replace('FST_ERR_VINTAGE_', '')
}

/** Whether Fastify itself has written the body, since no error handler of the app took the error or each sent it on. */
function isFromDefaultHandler (reply: FastifyReply): boolean {
  const symbol = findSymbol(reply, 'fastify.reply.nextErrorHandler')
  return symbol !== undefined && Reflect.get(reply, symbol) === false
}
