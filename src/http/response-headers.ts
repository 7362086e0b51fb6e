import type { FastifyReply } from 'fastify'
import type { Settings } from '../options.js'
import { isRecord } from '../versioning/json-schema.js'
import { findSymbol } from './fastify-internals.js'
import type { RequestState } from './request-state.js'

/** Names the served version and what it depends on, in the headers of a response. */
export type WriteVersionHeaders = (reply: FastifyReply, state: RequestState) => void

/**
 * Makes the writer of the version header and of `Vary` (RFC 9110, 12.5.5).
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#name-vary
 */
export function makeHeaderWriter (settings: Settings): WriteVersionHeaders {
  const alone = [settings.header, ...(settings.mediaType === null ? [] : ['accept'])]
  const pinned = [...new Set([...alone, ...settings.pinnedBy])]
  const aloneLine = alone.join(', ')
  const pinnedLine = pinned.join(', ')
  let slot: symbol | undefined
  return function writeVersionHeaders (reply, state) {
    slot ??= findSymbol(reply, 'fastify.reply.headers')
    // what `reply.header` would do, at a quarter of its cost: every response of the app passes here
    const headers: unknown = slot === undefined ? null : Object(reply)[slot]
    if (isRecord(headers) && headers.vary === undefined && !reply.raw.hasHeader('vary')) {
      if (state.named) headers[settings.header] = state.version
      headers.vary = state.pinned ? pinnedLine : aloneLine
      return
    }
    if (state.named) reply.header(settings.header, state.version)
    const existing = reply.getHeader('vary')
    reply.header('vary', mergeVary(existing === undefined ? '' : String(existing), state.pinned ? pinned : alone))
  }
}

/** Adds names to a `Vary` line: each once whatever its case, the line itself kept, `*` left alone. */
export function mergeVary (line: string, names: readonly string[]): string {
  const present = new Set(line.toLowerCase().split(',').map((name) => name.trim()))
  if (present.has('*')) return line
  const missing = names.filter((name) => !present.has(name.toLowerCase()))
  return line.trim() === '' ? missing.join(', ') : [line, ...missing].join(', ')
}
