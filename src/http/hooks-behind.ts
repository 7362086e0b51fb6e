import type { FastifyInstance } from 'fastify'
import { preparedOf, type VersionedRoute } from './versioned-route.js'

const watched = ['preValidation', 'preSerialization'] as const

/**
 * Says so when a listener of `onRoute` has put a hook behind ours on a route that a change reaches: such a hook meets a request
 * that has been brought to head already, or a response whose look-ups were made for what the handler sent.
 * @returns `preValidation of GET /users`, …, in the order of registration
 */
export function findHooksBehind (routes: readonly VersionedRoute[], versions: readonly string[]): string[] {
  return routes.flatMap((route) => {
    const { stages, options, methods } = route
    const { conversions } = preparedOf(route)
    if (stages === null || !methods.some((method) => versions.some((_, index) => conversions.get(method)?.isReached(index) === true))) return []
    return watched.filter((name) => {
      const hooks: unknown = options[name]
      return Array.isArray(hooks) && hooks.at(-1) !== stages[name]
    }).map((name) => `${name} of ${methods.join(', ')} ${options.url}`)
  })
}

/** Logs, once for an app, the hooks that stand behind ours. */
export function warnOfHooksBehind (routes: readonly VersionedRoute[], versions: readonly string[], { log }: Pick<FastifyInstance, 'log'>): void {
  const hooks = findHooksBehind(routes, versions)
  if (hooks.length === 0) return
  log.warn({ hooks }, `fastify-vintage: an onRoute listener has put hooks behind ours: ${hooks.join('; ')}. There they see and change what has been converted already: a request as of head, or the payload of a response whose look-ups are made. Register the plugin that adds them before fastify-vintage, or add them with addHook or in the route's options.`)
}
