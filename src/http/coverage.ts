import type { FastifySchema } from 'fastify'
import { isRecord } from '../versioning/json-schema.js'
import type { VersionedRoute } from './versioned-route.js'

/**
 * Lists the routes whose successful responses have no schema, so that a body of head could not be told from an old one.
 * Left out are HEAD and OPTIONS, which have no body of their own.
 * @returns `GET /users/:id` …, in the order of registration
 */
export function findUncoveredRoutes (routes: readonly VersionedRoute[]): string[] {
  return routes.filter((route) => !route.former && !isCovered(route.options.schema)).flatMap(({ methods, url }) =>
    methods.filter((method) => method !== 'HEAD' && method !== 'OPTIONS').map((method) => `${method} ${url}`))
}

/** Tells whether a route is hidden from the API's document (`schema.hide`) and says nothing of its responses: it then has no versions. */
export function isInternal (schema: FastifySchema | undefined): boolean {
  return schema !== undefined && 'hide' in schema && schema.hide === true && !isCovered(schema)
}

function isCovered (schema: FastifySchema | undefined): boolean {
  return schema !== undefined && isRecord(schema.response) && Object.keys(schema.response).some((status) => /^(?:[23]|default)/i.test(status))
}
