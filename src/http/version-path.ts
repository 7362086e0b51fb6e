import type { IncomingMessage } from 'node:http'

// an app may be bundled with one copy of this module and its server with another
const kPathVersion: unique symbol = Symbol.for('fastify-vintage.path-version')

/** A request whose URL carried a version. */
interface WithPathVersion { [kPathVersion]?: string }

const datedPath = /^\/(\d{4}-\d{2}-\d{2})(?=[/?]|$)/

/**
 * Takes the version off a URL that begins with one, for the option `rewriteUrl` of Fastify: `/2024-01-01/users` becomes `/users`.
 * The plugin reads it where its option `path` is set.
 *
 * @returns the URL that the router shall see
 * @example Fastify({ rewriteUrl: rewriteVersionPath })
 */
export function rewriteVersionPath (raw: IncomingMessage & WithPathVersion): string {
  const url = String(raw.url)
  const version = datedPath.exec(url)?.[1]
  if (version === undefined) return url
  raw[kPathVersion] = version
  const rest = url.slice(version.length + 1)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** @returns the version that {@link rewriteVersionPath} took off the URL of a request */
export function versionInPath (raw: IncomingMessage & WithPathVersion): string | undefined {
  return raw[kPathVersion]
}
