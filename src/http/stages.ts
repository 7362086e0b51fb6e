import type { FastifyReply, FastifyRequest, onErrorHookHandler, onRequestHookHandler, onSendHookHandler, preHandlerHookHandler, preSerializationHookHandler, preValidationHookHandler } from 'fastify'
import type { Settings } from '../options.js'
import type { Compilers } from './compilers.js'
import { completeRequest, upgradeContextOf } from './complete-request.js'
import { downgradePayload, downgradeText, speakOldVersion } from './downgrade.js'
import type { Watcher } from './inspection.js'
import type { ChangeLog } from './log-failure.js'
import { settlePin } from './pin.js'
import { isValidationFailure, type RequestState } from './request-state.js'
import { resolveRequest } from './resolve.js'
import type { WriteVersionHeaders } from './response-headers.js'
import { clearSerializer } from './serialise.js'
import { upgradeRequest } from './upgrade.js'
import { answersAt, routeOf, type VersionedRoute } from './versioned-route.js'
import type { VersionTable } from './version-table.js'

/** What all stages of a request share. */
export interface Pipeline {
  readonly settings: Settings
  readonly table: VersionTable
  readonly compilers: Compilers
  readonly changeLog: ChangeLog
  readonly writeHeaders: WriteVersionHeaders
  readonly watcher: Watcher
}

/** The hooks of one route; the order here is that in which a request meets them. */
export interface RouteStages {
  readonly onRequest: onRequestHookHandler
  readonly preValidation: preValidationHookHandler
  readonly preHandler: preHandlerHookHandler
  readonly enterHandler: preHandlerHookHandler
  readonly preSerialization: preSerializationHookHandler
  readonly onError: onErrorHookHandler
}

/** Makes the hooks of one versioned route. */
export function stagesOf (route: VersionedRoute, pipeline: Pipeline): RouteStages {
  const { settings, table, compilers } = pipeline
  const stateOf = (request: FastifyRequest) => resolveRequest(request, settings, table)

  return {
    onRequest (request, reply, done) {
      const state = stateOf(request)
      if (state.refusal !== null) done(state.refusal)
      else if (!state.awaitsPin && !answersAt(route, request.method, state.index)) reply.callNotFound()
      else done()
    },
    preValidation (request, reply, done) {
      const state = stateOf(request)
      if (state.awaitsPin && settings.pin !== null) {
        settlePin(request, state, settings.pin, settings, table).then(() => enterRoute(route, pipeline, request, reply, state, done), done)
      } else {
        enterRoute(route, pipeline, request, reply, state, done)
      }
    },
    preHandler (request, _reply, done) {
      const { invalid } = stateOf(request)
      // Fastify has run head's validator on what was invalid in the client's version already
      if (invalid !== null) request.validationError = invalid
      done()
    },
    enterHandler (request, reply, done) {
      const state = stateOf(request)
      const enter = (error?: Error) => {
        state.entered = true
        done(error)
      }
      if (state.deferred === null || route.prepared === null) enter()
      else completeRequest(route, upgradeContextOf(route, route.prepared, pipeline), request, reply, state, enter)
    },
    preSerialization (request, reply, payload, done) {
      const state = stateOf(request)
      const { prepared } = route
      if (state.index === table.headIndex || prepared === null) return done(null, payload)
      const old = downgradePayload({ request, reply, state, prepared, compilers, coverage: settings.coverage }, payload)
      // Fastify waits for a promise that a hook gives back, and catches what fails behind it
      if (old instanceof Promise) return old
      done(null, old)
    },
    onError (request, reply, _error, done) {
      const state = stateOf(request)
      clearSerializer(reply, state)
      state.rendered = false
      state.failed = true
      done()
    }
  }
}

function enterRoute (route: VersionedRoute, pipeline: Pipeline, request: FastifyRequest, reply: FastifyReply, state: RequestState, done: (error?: Error) => void): void {
  if (!answersAt(route, request.method, state.index)) {
    reply.callNotFound()
    return
  }
  const { prepared } = route
  const conversion = prepared?.conversions.get(request.method)
  if (prepared === null || conversion?.isReached(state.index) !== true) return done()
  speakOldVersion({ request, reply, state, prepared, compilers: pipeline.compilers, coverage: pipeline.settings.coverage })
  const parts = conversion.requestParts(state.index)
  if (parts === undefined || parts.length === 0) return done()
  upgradeRequest(request, state, parts, upgradeContextOf(route, prepared, pipeline)).then(() => done(), (error) => {
    if (route.options.attachValidation === true && isValidationFailure(error)) {
      state.invalid = error
      done()
    } else {
      done(error)
    }
  })
}

/** The hooks that every response of the scope passes, a 404 and an early error as well. */
export interface ResponseStages {
  /** Brings text to the client's version; before any hook that reads the text. */
  readonly text: onSendHookHandler
  /** Names the version; behind the hooks that set `Vary`. */
  readonly headers: onSendHookHandler
  /** Both at once, which is less work where no other hook stands before. */
  readonly both: onSendHookHandler
}

/** Makes the hooks of all responses. */
export function responseStagesOf ({ settings, table, compilers, writeHeaders, watcher }: Pipeline): ResponseStages {
  const warned = new WeakSet<object>()
  return {
    text: (request, reply, payload, done) => sendText(request, reply, payload, done),
    headers (request, reply, payload, done) {
      nameVersion(request, reply)
      done(null, payload)
    },
    both (request, reply, payload, done) {
      nameVersion(request, reply)
      return sendText(request, reply, payload, done)
    }
  }

  function sendText (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneWithPayload): Promise<unknown> | undefined {
    const prepared = typeof payload === 'string' ? routeOf(request)?.prepared ?? null : null
    if (typeof payload !== 'string' || prepared === null) return finish(done, payload)
    const state = resolveRequest(request, settings, table)
    if (state.index === table.headIndex) return finish(done, payload)
    const text = downgradeText({ request, reply, state, prepared, compilers, coverage: settings.coverage }, payload)
    return typeof text === 'string' ? finish(done, text) : text
  }

  function nameVersion (request: FastifyRequest, reply: FastifyReply): void {
    if (routeOf(request) === undefined && !request.is404) {
      warnOfEarlyRoute(request)
      return
    }
    const state = resolveRequest(request, settings, table)
    writeHeaders(reply, state)
    if (watcher.tell !== null) watcher.tell(request, state.index)
  }

  // such a route passes this hook, but `onRoute` has not seen it
  function warnOfEarlyRoute ({ method, routeOptions: { config, url }, log }: FastifyRequest): void {
    if (config.vintage === false || warned.has(config)) return
    warned.add(config)
    log.warn(`fastify-vintage: ${method} ${url} was registered before the plugin, so all versions get what it sends: register the plugin first, or set \`config: { vintage: false }\``)
  }
}

type DoneWithPayload = (error?: Error | null, payload?: unknown) => void

function finish (done: DoneWithPayload, payload: unknown): undefined {
  done(null, payload)
}
