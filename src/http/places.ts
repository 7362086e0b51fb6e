import type { FastifySchema } from 'fastify'
import type { Place } from '../versioning/contracts.js'
import { isRecord, type JsonSchema } from '../versioning/json-schema.js'
import { lowerCaseHeaders } from './header-names.js'

/** A part of a request that can have a schema, in the order in which Fastify validates them. */
export type RequestPart = 'params' | 'body' | 'querystring' | 'headers'

const requestParts: readonly RequestPart[] = ['params', 'body', 'querystring', 'headers']

/**
 * The schema of one part of a request; `mediaType` is null when it holds for all of them. The parameters of the path
 * are a place without a schema too: a moved endpoint may have named them otherwise.
 */
export interface RequestPlace { readonly part: RequestPart, readonly mediaType: string | null, readonly place: Place, readonly schema: JsonSchema | null }

/** The schema of one status (`200`, `2xx`, `default`); `place` is null for a media type that is not JSON. */
export interface ResponsePlace { readonly status: string, readonly mediaType: string | null, readonly place: Place | null, readonly schema: JsonSchema }

/** All places of one route. */
export interface RoutePlaces { readonly request: readonly RequestPlace[], readonly responses: readonly ResponsePlace[] }

/**
 * Lists the places of a route.
 * @param route method and URL at head, `GET /users/:id`
 * @param schema the route's schema, after Fastify has normalised it
 */
export function placesOf (route: string, schema: FastifySchema | undefined): RoutePlaces {
  return {
    request: requestParts.flatMap((part) => requestPlaces(route, part, schema?.[part])),
    responses: Object.entries(schema?.response ?? {}).flatMap(([status, value]) => responsePlaces(route, status.toLowerCase(), value))
  }
}

function requestPlaces (route: string, part: RequestPart, schema: unknown): RequestPlace[] {
  if (part === 'params' && !isRecord(schema)) return [{ part, mediaType: null, place: `${route} ${part}`, schema: null }]
  return variantsOf(schema, part === 'body').flatMap(({ mediaType, schema }) => {
    const place = placeOf(`${route} ${part}`, mediaType)
    return place === null ? [] : [{ part, mediaType, place, schema: part === 'headers' ? lowerCaseHeaders(schema) : schema }]
  })
}

function responsePlaces (route: string, status: string, schema: unknown): ResponsePlace[] {
  return variantsOf(schema, true).map(({ mediaType, schema }) => ({ status, mediaType, place: placeOf(`${route} ${status}`, mediaType), schema }))
}

// Fastify takes one schema, or one for each media type: { content: { 'application/json': { schema } } }
function variantsOf (schema: unknown, mayHaveContent: boolean): Array<{ mediaType: string | null, schema: JsonSchema }> {
  if (!isRecord(schema)) return []
  if (!mayHaveContent || !isRecord(schema.content)) return [{ mediaType: null, schema }]
  return Object.entries(schema.content).flatMap(([mediaType, value]) =>
    isRecord(value) && isRecord(value.schema) ? [{ mediaType, schema: value.schema }] : [])
}

// the plain name is that of JSON, whichever way it was written; other JSON types are named after it
function placeOf (name: string, mediaType: string | null): Place | null {
  if (mediaType === null || mediaType === 'application/json') return name
  return mediaType.includes('json') || mediaType === '*/*' ? `${name} ${mediaType}` : null
}
