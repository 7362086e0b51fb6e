import { isRecord } from '../versioning/json-schema.js'
import type { VersionedRoute } from './versioned-route.js'

/**
 * Lists the routes whose successful responses have no schema, so that a body of head could not be told from an old one.
 * Left out are HEAD and OPTIONS, which have no body of their own, and what is hidden from the API's document (`schema.hide`).
 * @returns `GET /users/:id` …, in the order of registration
 */
export function findUncoveredRoutes (routes: readonly VersionedRoute[]): string[] {
  return routes.filter((route) => !route.former && !isCovered(route)).flatMap(({ methods, url }) =>
    methods.filter((method) => method !== 'HEAD' && method !== 'OPTIONS').map((method) => `${method} ${url}`))
}

function isCovered ({ options: { schema } }: VersionedRoute): boolean {
  if (schema === undefined) return false
  if ('hide' in schema && schema.hide === true) return true
  return isRecord(schema.response) && Object.keys(schema.response).some((status) => /^(?:[23]|default)/i.test(status))
}
