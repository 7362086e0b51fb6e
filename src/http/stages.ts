import type { FastifyReply, FastifyRequest, onErrorHookHandler, onRequestHookHandler, preHandlerHookHandler, preSerializationHookHandler, preValidationHookHandler } from 'fastify'
import type { Settings } from '../options.js'
import type { Compilers } from './compilers.js'
import { completeRequest } from './complete-request.js'
import { concealPayload } from './conceal-response.js'
import { downgradePayload } from './downgrade.js'
import type { Watcher } from './inspection.js'
import type { InternalFields } from './internal-fields.js'
import type { RouteLanes } from './lanes.js'
import { judgedByFastify } from './judge.js'
import { judgeRemainder } from './judge-remainder.js'
import type { ChangeLog } from './log-failure.js'
import { hideQuery } from './named-versions.js'
import { settlePin } from './pin.js'
import { isValidationFailure, type RequestState, type VersionWorld } from './request-state.js'
import type { OverrideSerialize } from './reply-serialize.js'
import type { Resolver } from './resolve.js'
import type { WriteVersionHeaders } from './response-headers.js'
import type { RouteContexts } from './route-context.js'
import { clearSerializer } from './serialise.js'
import { upgradeRequest } from './upgrade.js'
import { answersAt, preparedOf, type VersionedRoute } from './versioned-route.js'
import type { VersionConstraint } from './version-constraint.js'
import type { VersionTable } from './version-table.js'
import type { WarmUp } from './warm-up.js'

/** What all stages of a request share. */
export interface Pipeline {
  readonly settings: Settings
  readonly table: VersionTable
  readonly resolver: Resolver
  readonly world: VersionWorld
  readonly constraint: VersionConstraint
  /** null where requests cannot change lanes: our hooks then stand among those of each route */
  readonly contexts: RouteContexts | null
  readonly compilers: Compilers
  readonly changeLog: ChangeLog
  readonly writeHeaders: WriteVersionHeaders
  readonly watcher: Watcher
  readonly internal: InternalFields
  readonly overrideSerialize: OverrideSerialize
  readonly warmUp: WarmUp
}

/** The hooks that only requests meet which may have to be converted; in the order in which a request meets them. */
export interface LaneStages {
  readonly preValidation: preValidationHookHandler
  /** before all others; requests with what Fastify's validators found come here as well */
  readonly preHandler: preHandlerHookHandler
  readonly enterHandler: preHandlerHookHandler
  readonly preSerialization: preSerializationHookHandler
  readonly onError: onErrorHookHandler
  /** Puts something in the place of head's validator of a body. */
  readonly judgeBody: (validate: Function) => Function
}

/** Makes the hook in which all requests of one route begin. */
export function firstStageOf (route: VersionedRoute, lanes: RouteLanes | null, { settings, resolver, table }: Pipeline): onRequestHookHandler {
  const isEverywhere = route.methods.every((method) => route.ranges.get(method)?.some(({ fromIndex, toIndex }) => fromIndex === 0 && toIndex === table.headIndex))
  return function onRequest (request, reply, done) {
    const { concealed } = preparedOf(route)
    const found = resolver.stateOf(request)
    if (found.isShared && isEverywhere && concealed === null) return done()
    const state = found.isShared ? resolver.ownStateOf(request) : found
    if (settings.query !== null) hideQuery(request, settings.query)
    if (state.refusal !== null) return done(state.refusal)
    if (!state.awaitsPin && !answersAt(route, request.method, state.index)) return reply.callNotFound()
    if (state.awaitsPin || isConverted(route, request.method, state.index)) lanes?.older.enter(request)
    else if (state.index === table.headIndex && concealed !== null) lanes?.head.enter(request)
    done()
  }
}

/** Makes the further hooks of one route. */
export function laneStagesOf (route: VersionedRoute, lanes: () => RouteLanes | null, pipeline: Pipeline): LaneStages {
  const { settings, table, compilers, resolver: { stateOf } } = pipeline

  return {
    preValidation (request, reply, done) {
      const state = stateOf(request)
      if (state.awaitsPin && settings.pin !== null) {
        settlePin(request, state, settings.pin, settings, table).then(() => {
          if (!isConverted(route, request.method, state.index)) lanes()?.older.leave(request)
          if (state.index === table.headIndex && preparedOf(route).concealed !== null) lanes()?.head.enter(request)
          enterRoute(route, pipeline, request, reply, state, done)
        }, done)
      } else {
        enterRoute(route, pipeline, request, reply, state, done)
      }
    },
    preHandler (request, _reply, done) {
      const state = stateOf(request)
      const found = request.validationError ?? null
      // what was invalid in the client's version already, head's validator may well have taken
      const invalid = state.invalid ?? (found === state.soft ? null : found)
      if (invalid === null) return done()
      const error = state.invalid ?? judgedByFastify(request, state, invalid, preparedOf(route).upgradeContext)
      const isAttached = route.options.attachValidation === true && (error === found || isValidationFailure(error))
      // head's own error is not for the client
      Reflect.set(request, 'validationError', isAttached ? error : state.soft)
      done(isAttached ? undefined : error)
    },
    enterHandler (request, reply, done) {
      const state = stateOf(request)
      const enter = (error?: Error) => {
        state.entered = true
        done(error)
      }
      if (state.deferred === null) enter()
      else completeRequest(route, state.deferred, request, reply, state, enter)
    },
    preSerialization (request, reply, payload, done) {
      const state = stateOf(request)
      const prepared = preparedOf(route)
      if (state.index === table.headIndex) return done(null, prepared.concealed === null ? payload : concealPayload(prepared.concealed, request, reply, payload))
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
    },
    judgeBody (validate) {
      const { expected } = preparedOf(route).upgradeContext
      return expected === null ? validate : judgeRemainder(validate, expected)
    }
  }
}

function isConverted (route: VersionedRoute, method: string, index: number): boolean {
  return preparedOf(route).conversions.get(method)?.isReached(index) === true
}

function enterRoute (route: VersionedRoute, pipeline: Pipeline, request: FastifyRequest, reply: FastifyReply, state: RequestState, done: (error?: Error) => void): void {
  if (!answersAt(route, request.method, state.index)) {
    reply.callNotFound()
    return
  }
  const prepared = preparedOf(route)
  const conversion = prepared.conversions.get(request.method)
  if (conversion?.isReached(state.index) !== true) return done()
  state.speaks = prepared
  state.soft = request.validationError ?? null
  pipeline.overrideSerialize(reply)
  const parts = conversion.requestParts(state.index)
  if (parts === undefined || parts.length === 0) return done()
  const pending = beginUpgrade(request, state, parts, prepared.upgradeContext)
  if (pending === undefined) return done()
  pending.then(() => done(), (error) => {
    if (route.options.attachValidation === true && isValidationFailure(error)) {
      state.invalid = error
      done()
    } else {
      done(error)
    }
  })
}

function beginUpgrade (...args: Parameters<typeof upgradeRequest>): Promise<void> | undefined {
  try {
    return upgradeRequest(...args)
  } catch (error) {
    return Promise.reject(error)
  }
}
