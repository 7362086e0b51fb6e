import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../options.js'
import type { VersionSource } from '../types.js'
import { versionInPath } from './version-path.js'

/** A version as a client wrote it, and where. */
export interface NamedVersion {
  readonly value: string
  readonly source: VersionSource
}

/** What of the settings says where a client may name a version. */
export type SourceSettings = Pick<Settings, 'header' | 'path' | 'query' | 'mediaType'>

/** @returns all versions that a request names, in the order of the sources: header, path prefix, query, media type */
export function namedVersions (raw: IncomingMessage, settings: SourceSettings): readonly NamedVersion[] {
  const inPath = settings.path ? versionInPath(raw) : undefined
  return [
    ...inHeader(raw, settings.header).map((value) => ({ value, source: 'header' as const })),
    ...(inPath === undefined ? [] : [{ value: inPath, source: 'path' as const }]),
    ...inQuery(String(raw.url), settings.query).map((value) => ({ value, source: 'query' as const })),
    ...inMediaTypes(raw, settings.mediaType).map((value) => ({ value, source: 'media-type' as const }))
  ]
}

function inHeader (raw: IncomingMessage, header: string): readonly string[] {
  const sent = raw.headers[header]
  if (sent === undefined) return []
  // Node joins a header that was sent twice
  return String(sent).split(',').map((value) => value.trim())
}

function inQuery (url: string, name: string | null): readonly string[] {
  const start = name === null ? -1 : url.indexOf('?')
  return start === -1 ? [] : new URLSearchParams(url.slice(start + 1)).getAll(String(name))
}

function inMediaTypes ({ headers }: IncomingMessage, name: string | null): readonly string[] {
  if (name === null) return []
  return [headers.accept, headers['content-type']].flatMap((line) => line === undefined ? [] : parametersOf(line, name))
}

/** @returns the values of one parameter of all media types in a header (RFC 9110, 8.3.1) */
function parametersOf (line: string, name: string): readonly string[] {
  return line.split(/[;,]/).flatMap((part) => {
    const equals = part.indexOf('=')
    if (equals === -1 || part.slice(0, equals).trim().toLowerCase() !== name) return []
    return [part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')]
  })
}

/** Takes the parameter that names the version out of the query, so that neither the route's schema nor its handler meets it. */
export function hideQuery (request: FastifyRequest, name: string): void {
  const { query } = request
  if (typeof query !== 'object' || query === null || !(name in query)) return
  const rest = Object.entries(query).filter(([key]) => key !== name)
  request.query = Object.assign(Object.create(Object.getPrototypeOf(query)), Object.fromEntries(rest))
}
