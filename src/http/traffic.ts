import type { RouteConversion } from './route-conversion.js'

/** How often requests came in an older version, by route and by version; what a warm-up goes by. */
export interface Traffic {
  /** @returns the conversion, with its uses counted */
  count (conversion: RouteConversion): RouteConversion
  /** @returns how likely the next request is to be of this route in this version: larger where both are used more */
  heatOf (conversion: RouteConversion, index: number): number
}

/** Opens the counters: one number for each route and each version, whatever clients send. */
export function openTraffic (versionCount: number): Traffic {
  const byVersion = new Uint32Array(versionCount)
  const byRoute = new WeakMap<RouteConversion, { uses: number }>()
  return {
    count (conversion) {
      const route = { uses: 0 }
      const counted: RouteConversion = {
        ...conversion,
        responseShape (index, status, mediaType) {
          route.uses++
          Atomics.add(byVersion, index, 1)
          return conversion.responseShape(index, status, mediaType)
        }
      }
      byRoute.set(counted, route)
      return counted
    },
    heatOf: (conversion, index) => (byRoute.get(conversion)?.uses ?? 0) + Atomics.load(byVersion, index)
  }
}
