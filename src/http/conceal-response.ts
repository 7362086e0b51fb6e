import type { FastifyReply, FastifyRequest } from 'fastify'
import { ResponseUncoveredError } from '../errors.js'
import { concealerOf, type Conceal } from '../versioning/conceal.js'
import { allInternalNames } from '../versioning/internal.js'
import type { JsonSchema } from '../versioning/json-schema.js'
import { hasReplySerializer, hasSerializerCompiler } from './fastify-internals.js'
import { someInJson } from './head-names.js'
import { resolverOf } from './internal-fields.js'
import type { RoutePlaces } from './places.js'
import { buildStatusTable, type StatusLookup } from './status-table.js'
import type { VersionedRoute } from './versioned-route.js'

/** What keeps the internal fields of one route from clients of head, where Fastify's serialisers do not. */
export interface ConcealedRoute {
  readonly byMethod: ReadonlyMap<string, StatusLookup<Conceal | null>>
  readonly names: ReadonlySet<string>
  /** a serialiser of the app's own writes what it is given */
  readonly hasOwnSerializer: (reply: object) => boolean
  /** replies whose text Fastify's serialiser has written */
  readonly written: WeakSet<FastifyReply>
}

/** Finds out what a route conceals; null for a route without internal fields. */
export function concealRoute ({ instance, options }: VersionedRoute, byMethod: ReadonlyMap<string, RoutePlaces>, shared: ReadonlyMap<string, JsonSchema>, hasOwnSerializer: ConcealedRoute['hasOwnSerializer']): ConcealedRoute | null {
  const places = [...byMethod.values()].flatMap(({ request, responses }) => [...request, ...responses])
  const schemas = places.flatMap(({ schema }) => schema === null ? [] : [schema])
  const names = new Set(schemas.flatMap((schema) => [...allInternalNames(schema, resolverOf(schema, shared))]))
  if (names.size === 0) return null
  return {
    byMethod: new Map([...byMethod].map(([method, { responses }]) => [method, buildStatusTable(responses, ({ schema }) => concealerOf(schema, resolverOf(schema, shared)))])),
    names,
    hasOwnSerializer: options.serializerCompiler !== undefined || hasReplySerializer(instance) || hasSerializerCompiler(instance) ? () => true : hasOwnSerializer,
    written: new WeakSet()
  }
}

/**
 * Takes the internal fields out of a payload for a client of head, unless Fastify's serialiser is to write it, which does not know them.
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for a body that may hold one where the route has no response schema
 */
export function concealPayload (concealed: ConcealedRoute, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const conceal = findConceal(concealed, request, reply, payload)
  concealed.written.add(reply)
  return conceal !== null && concealed.hasOwnSerializer(reply) ? conceal(payload) : payload
}

/**
 * Takes the internal fields out of JSON text that a handler sends to a client of head.
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for a body that may hold one where the route has no response schema
 */
export function concealText (concealed: ConcealedRoute, request: FastifyRequest, reply: FastifyReply, text: string): string {
  if (concealed.written.has(reply) || !String(reply.getHeader('content-type')).includes('json')) return text
  const value = parseJson(text)
  const conceal = findConceal(concealed, request, reply, value)
  return conceal === null ? text : JSON.stringify(conceal(value))
}

function findConceal ({ byMethod, names }: ConcealedRoute, request: FastifyRequest, reply: FastifyReply, body: unknown): Conceal | null {
  if (body === null || body === undefined) return null
  const conceal = byMethod.get(request.method)?.(reply.statusCode, String(reply.getHeader('content-type')))
  if (conceal !== undefined) return conceal
  if (someInJson(body, (key) => names.has(key))) throw new ResponseUncoveredError(`${request.method} ${request.routeOptions.url}`, String(reply.statusCode), request.vintage.version)
  return null
}

/** @returns the value of JSON text; null for any other text */
export function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
