/** An endpoint that answered somewhere else before; made by {@link endpointMoved}. */
export interface EndpointMoved {
  readonly kind: 'endpoint-moved'
  /** method and URL before the change: `GET /orders/by-user/:user_id` */
  readonly from: string
  /** new parameter name → old name; parameters that are not named keep their name, or go by position */
  readonly params: Readonly<Record<string, string>>
}

/**
 * Says that the route that a change targets answered elsewhere before it.
 *
 * @param move.from method and URL of the older version, full with prefix
 * @param move.params new parameter name → old name, when they differ in more than position
 * @default move.params by name where both URLs have it, the others by position
 * @example change('orders of a user are listed below the user', 'GET /users/:id/orders', endpointMoved({ from: 'GET /orders/by-user/:user_id' }))
 */
export function endpointMoved (move: { readonly from: string, readonly params?: Readonly<Record<string, string>> }): EndpointMoved {
  return { kind: 'endpoint-moved', from: move.from, params: move.params ?? {} }
}

/** @returns the parameter names of a route, in their order: `GET /users/:id/orders` → `['id']` */
export function paramsOf (route: string): readonly string[] {
  return [...route.matchAll(/:(\w+)/g)].map(([, name]) => String(name))
}

/**
 * Pairs the parameters of two routes.
 *
 * @returns old name → new name, for those whose names differ; null when they do not match
 */
export function renamedParams (move: EndpointMoved, to: string): Record<string, string> | null {
  const older = paramsOf(move.from)
  const newer = paramsOf(to)
  const named = new Map(Object.entries(move.params))
  for (const name of newer) if (!named.has(name) && older.includes(name)) named.set(name, name)
  const taken = new Set(named.values())
  const free = older.filter((name) => !taken.has(name))
  for (const name of newer) if (!named.has(name)) named.set(name, free.shift() ?? '')
  const matches = older.length === newer.length && newer.every((name) => older.includes(String(named.get(name)))) && new Set(named.values()).size === newer.length && named.size === newer.length
  if (!matches) return null
  return Object.fromEntries([...named].filter(([name, old]) => name !== old).map(([name, old]) => [old, name]))
}
