import type { FastifyReply } from 'fastify'
import type { Settings } from '../options.js'
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
  return function writeVersionHeaders (reply, state) {
    if (state.named) reply.header(settings.header, state.version)
    const existing = reply.getHeader('vary')
    if (existing === undefined) reply.header('vary', state.pinned ? pinnedLine : aloneLine)
    else reply.header('vary', mergeVary(String(existing), state.pinned ? pinned : alone))
  }
}

/** Adds names to a `Vary` line: each once whatever its case, the line itself kept, `*` left alone. */
export function mergeVary (line: string, names: readonly string[]): string {
  const present = new Set(line.toLowerCase().split(',').map((name) => name.trim()))
  if (present.has('*')) return line
  const missing = names.filter((name) => !present.has(name.toLowerCase()))
  return line.trim() === '' ? missing.join(', ') : [line, ...missing].join(', ')
}
