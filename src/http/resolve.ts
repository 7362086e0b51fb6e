import type { FastifyRequest } from 'fastify'
import { AmbiguousVersionError, UnknownVersionError, VersionRequiredError } from '../errors.js'
import type { Settings } from '../options.js'
import { RequestState, kRequestState } from './request-state.js'
import type { VersionTable } from './version-table.js'

/**
 * Gives a request its state, once: the version of the header, else that of the default until `pin` has been asked.
 * It never throws, because the hooks of a response that failed early need it as well.
 */
export function resolveRequest (request: FastifyRequest, settings: Settings, table: VersionTable): RequestState {
  const known = request[kRequestState]
  if (known instanceof RequestState) return known
  const state = new RequestState(table.versions, settings.defaultIndex ?? table.headIndex)
  request[kRequestState] = state
  const sent = request.headers[settings.header]
  if (sent === undefined) resolveWithoutHeader(state, settings, table)
  else resolveHeader(state, Array.isArray(sent) ? sent.join() : sent, settings, table)
  return state
}

function resolveWithoutHeader (state: RequestState, settings: Settings, table: VersionTable): void {
  state.named = settings.defaultIndex !== null
  state.awaitsPin = settings.pin !== null
  if (!state.awaitsPin) requireDefault(state, settings, table)
}

/** Refuses a request that names no version, where there is no default. */
export function requireDefault (state: RequestState, settings: Settings, table: VersionTable): void {
  if (settings.defaultIndex === null) state.refusal = new VersionRequiredError(settings.header, table.listed)
}

function resolveHeader (state: RequestState, sent: string, settings: Settings, table: VersionTable): void {
  const index = table.indexOf(sent) ?? indexOfUnusual(sent, settings, table)
  if (typeof index === 'number') {
    state.index = index
    state.source = 'header'
  } else {
    state.named = settings.defaultIndex !== null
    state.refusal = index
  }
}

function indexOfUnusual (sent: string, settings: Settings, table: VersionTable): number | Error {
  // Node joins a header that was sent twice
  const values = new Set(sent.split(',').map((value) => value.trim()))
  const [value = ''] = values
  if (values.size > 1) return new AmbiguousVersionError(quote(sent), table.listed)
  const index = table.indexOf(value) ?? (settings.match === 'earlier' ? indexOfEarlier(value, table) : undefined)
  return index ?? new UnknownVersionError(quote(value), table.listed)
}

function indexOfEarlier (value: string, table: VersionTable): number | undefined {
  // a date after head may become a version that behaves otherwise
  return value > String(table.versions[table.headIndex]) ? undefined : table.indexNotAfter(value)
}

const QUOTED_CHARACTERS = 40

function quote (value: string): string {
  const start = value.length > QUOTED_CHARACTERS ? `${value.slice(0, QUOTED_CHARACTERS)}…` : value
  // the message is data for logs and terminals: no control characters
  return start.replace(/[^\x20-\x7e…]/g, '?')
}
