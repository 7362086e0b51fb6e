import type { FastifySchema } from 'fastify'
import { isRecord } from '../versioning/json-schema.js'
import type { VersionedRoute } from './versioned-route.js'

/**
 * Says which routes have no response schema, all at once and by the prefix of the scope in which they stand.
 * @returns `GET /health; under /shop: GET /shop/users, PUT /shop/users`
 */
export function listUncoveredRoutes (routes: readonly VersionedRoute[]): string {
  const byPrefix = new Map<string, string[]>()
  for (const route of routes) {
    const { prefix } = route.instance
    byPrefix.set(prefix, [...byPrefix.get(prefix) ?? [], ...findUncoveredRoutes([route])])
  }
  return [...byPrefix].filter(([, names]) => names.length > 0).sort(([one], [other]) => one < other ? -1 : 1)
    .map(([prefix, names]) => prefix === '' ? names.join(', ') : `under ${prefix}: ${names.join(', ')}`).join('; ')
}

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
