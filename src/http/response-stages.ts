import type { FastifyContextConfig, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { concealText } from './conceal-response.js'
import { downgradeText } from './downgrade.js'
import { editResponse, editText } from './edit-response.js'
import { describeProblem, type ProblemFacts } from './problem-details.js'
import { registrationOf } from './registration.js'
import { kRequestState } from './request-state.js'
import type { ResponseEdits } from '../versioning/response-edits.js'
import type { Pipeline } from './stages.js'
import { kVersionedRoute, type PreparedRoute, type VersionedRoute } from './versioned-route.js'

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
export function responseStagesOf (pipeline: Pipeline): ResponseStages {
  const { settings, table, world, resolver: { stateOf }, contexts, compilers, writeHeaders, watcher } = pipeline
  const warned = new WeakSet<object>()
  return {
    text: (request, reply, payload, done) => finish(convertText(request, reply, payload), done),
    headers (request, reply, payload, done) {
      nameVersion(request, reply)
      done(null, payload)
    },
    both (request, reply, payload, done) {
      const state = request[kRequestState]
      if (state !== null && state.isShared && state.world === world && reply.statusCode < 400) {
        writeHeaders(reply, state)
        if (watcher.tell !== null) watcher.tell(request, state.index)
        return done(null, payload)
      }
      // the status of head says which schema the text has, so it is the last to change
      const text = convertText(request, reply, payload)
      nameVersion(request, reply)
      return finish(text, done)
    }
  }

  function convertText (request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const route = typeof payload === 'string' ? routeOf(request) : undefined
    if (typeof payload !== 'string' || route === undefined) return payload
    const text = route.prepared === null ? payload : convertKnown(route, route.prepared, request, reply, payload)
    return reply.statusCode < 400 || !settings.problemDetails || typeof text !== 'string' ? text : describeProblem(reply, text, () => factsOf(route.prepared, request, reply))
  }

  function factsOf (prepared: PreparedRoute | null, request: FastifyRequest, reply: FastifyReply): ProblemFacts {
    const state = stateOf(request)
    const shape = prepared?.conversions.get(request.method)?.responseShape(state.index, reply.statusCode, String(reply.getHeader('content-type')))
    return { versions: table.versions, faults: state.faults, hasSchema: shape !== undefined }
  }

  function convertKnown (route: VersionedRoute, prepared: PreparedRoute, request: FastifyRequest, reply: FastifyReply, payload: string): unknown {
    const state = stateOf(request)
    const { concealed } = prepared
    if (state.index === table.headIndex) return concealed === null ? payload : concealText(concealed, request, reply, payload)
    const text = downgradeText({ request, reply, state, prepared, compilers, coverage: settings.coverage }, payload)
    return typeof text === 'string' && state.failed ? editText(text, reply, editsOf(route, request)) : text
  }

  function nameVersion (request: FastifyRequest, reply: FastifyReply): void {
    const route = routeOf(request)
    if (route === undefined && !isNotFoundHere(request)) return
    const state = stateOf(request)
    writeHeaders(reply, state)
    if (route !== undefined && state.index !== table.headIndex) editResponse(reply, editsOf(route, request))
    if (watcher.tell !== null) watcher.tell(request, state.index)
  }

  function editsOf (route: VersionedRoute, request: FastifyRequest): ResponseEdits | null {
    return route.prepared?.conversions.get(request.method)?.edits(stateOf(request).index) ?? null
  }

  function routeOf (request: FastifyRequest): VersionedRoute | undefined {
    const route = configOf(request)[kVersionedRoute]
    return route?.pipeline === pipeline ? route : undefined
  }

  // the getter `routeOptions` makes a new object at each call
  function configOf (request: FastifyRequest): FastifyContextConfig {
    return contexts === null ? request.routeOptions.config : contexts.of(request).config
  }

  function isNotFoundHere (request: FastifyRequest): boolean {
    if (registrationOf(request.server) !== pipeline) return false
    if (request.is404) return true
    if (configOf(request)[kVersionedRoute] === undefined) warnOfEarlyRoute(request)
    return false
  }

  // such a route passes this hook, but `onRoute` has not seen it
  function warnOfEarlyRoute ({ method, routeOptions: { config, url }, log }: FastifyRequest): void {
    if (config.vintage === false || warned.has(config)) return
    warned.add(config)
    log.warn(`fastify-vintage: ${method} ${url} was registered before the plugin, so all versions get what it sends: register the plugin first, or set \`config: { vintage: false }\``)
  }
}

function finish (payload: unknown, done: (error?: Error | null, payload?: unknown) => void): Promise<unknown> | undefined {
  // Fastify waits for a promise that a hook gives back, and catches what fails behind it
  if (payload instanceof Promise) return payload
  done(null, payload)
  return undefined
}
