import type { ResponsePlace } from './places.js'

interface Entry<Value> { plain: Value | undefined, readonly byMediaType: Map<string, Value> }

/** Finds what belongs to a response; undefined where the route has no schema for it. */
export type StatusLookup<Value> = (status: number, mediaType: string) => Value | undefined

/** Makes a look-up of responses as Fastify does it: `201`, then `2xx`, then `default`; within one of them by media type, then any type. */
export function buildStatusTable<Value extends object | null> (places: readonly ResponsePlace[], valueOf: (place: ResponsePlace) => Value): StatusLookup<Value> {
  const entries = new Map<string, Entry<Value>>()
  for (const place of places) {
    const entry = entries.get(place.status) ?? { plain: undefined, byMediaType: new Map() }
    if (place.mediaType === null) entry.plain = valueOf(place)
    else entry.byMediaType.set(place.mediaType, valueOf(place))
    entries.set(place.status, entry)
  }
  return (status, mediaType) => {
    const found = entries.get(String(status)) ?? entries.get(`${String(status)[0]}xx`) ?? entries.get('default')
    if (found === undefined || found.plain !== undefined) return found?.plain
    return found.byMediaType.get(essenceOf(mediaType)) ?? found.byMediaType.get('*/*')
  }
}

function essenceOf (mediaType: string): string {
  return mediaType.replace(/;.*/s, '').trim().toLowerCase()
}
