import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { AmbiguousVersionError, UnknownVersionError, VersionRequiredError } from '../errors.js'
import type { Settings } from '../options.js'
import { namedVersions, type NamedVersion } from './named-versions.js'
import { RequestState, kRequestState, type VersionWorld } from './request-state.js'
import type { VersionTable } from './version-table.js'

/** Finds the version of a request. */
export interface Resolver {
  /**
   * Gives a request its state, once: the version that it names, else that of the default until `pin` has been asked.
   * It never throws, because the hooks of a response that failed early need it as well.
   */
  stateOf (request: FastifyRequest): RequestState
  /** Gives a request a state that it shares with no other. */
  ownStateOf (request: FastifyRequest): RequestState
  /** @returns the index that a request names; undefined when it names none, or is to be refused or pinned */
  namedIndex (raw: IncomingMessage): number | undefined
}

/** Makes the resolver of one registration. */
export function buildResolver (settings: Settings, table: VersionTable, world: VersionWorld): Resolver {
  const { header } = settings
  const { headIndex } = table
  const headVersion = table.versions[headIndex]
  const isHeaderAlone = !settings.path && settings.query === null && settings.mediaType === null
  const named = new RequestState(world, headIndex, 'header', true)
  const unnamed = settings.pin === null && settings.defaultIndex === headIndex ? new RequestState(world, headIndex, 'default', true) : null

  return {
    stateOf (request) {
      const known = request[kRequestState]
      if (known !== null) return known
      const state = resolve(request.raw)
      request[kRequestState] = state
      return state
    },
    ownStateOf (request) {
      const state = resolve(request.raw)
      const own = state.isShared ? new RequestState(world, state.index, state.source) : state
      request[kRequestState] = own
      return own
    },
    namedIndex (raw) {
      const sent = isHeaderAlone ? raw.headers[header] : undefined
      const index = typeof sent === 'string' ? table.indexOf(sent) : undefined
      if (index !== undefined) return index
      const state = resolve(raw)
      return state.refusal !== null || state.awaitsPin ? undefined : state.index
    }
  }

  function resolve (raw: IncomingMessage): RequestState {
    if (isHeaderAlone) {
      const sent = raw.headers[header]
      // nothing of a state changes while head is served: one is enough
      if (sent === headVersion) return named
      const index = typeof sent === 'string' ? table.indexOf(sent) : undefined
      if (index !== undefined) return new RequestState(world, index, 'header')
      if (sent === undefined && unnamed !== null) return unnamed
    }
    return resolveNamed(namedVersions(raw, settings))
  }

  function resolveNamed (named: readonly NamedVersion[]): RequestState {
    const state = new RequestState(world, settings.defaultIndex ?? headIndex, 'default')
    const [first] = named
    if (first === undefined) {
      state.named = settings.defaultIndex !== null
      state.awaitsPin = settings.pin !== null
      if (!state.awaitsPin) requireDefault(state, settings, table)
      return state
    }
    const index = indexOfNamed(named, first, settings, table)
    if (typeof index === 'number') {
      state.index = index
      state.source = first.source
    } else {
      state.named = settings.defaultIndex !== null
      state.refusal = index
    }
    return state
  }
}

/** Refuses a request that names no version, where there is no default. */
export function requireDefault (state: RequestState, settings: Settings, table: VersionTable): void {
  if (settings.defaultIndex === null) state.refusal = new VersionRequiredError(settings.header, table.listed)
}

function indexOfNamed (named: readonly NamedVersion[], { value }: NamedVersion, settings: Settings, table: VersionTable): number | Error {
  if (named.some((other) => other.value !== value)) return new AmbiguousVersionError(quote(named.map((each) => `${each.value} (${each.source})`).join(', ')), table.listed)
  const index = table.indexOf(value) ?? (settings.match === 'earlier' ? indexOfEarlier(value, table) : undefined)
  return index ?? new UnknownVersionError(quote(value), table.listed)
}

function indexOfEarlier (value: string, table: VersionTable): number | undefined {
  // a date after head may become a version that behaves otherwise
  return value > String(table.versions[table.headIndex]) ? undefined : table.indexNotAfter(value)
}

const QUOTED_CHARACTERS = 80

function quote (value: string): string {
  const start = value.length > QUOTED_CHARACTERS ? `${value.slice(0, QUOTED_CHARACTERS)}…` : value
  // the message is data for logs and terminals: no control characters
  return start.replace(/[^\x20-\x7e…]/g, '?')
}
