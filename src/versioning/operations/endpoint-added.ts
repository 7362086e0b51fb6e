/** An endpoint that did not exist before; made by {@link endpointAdded}. */
export interface EndpointAdded { readonly kind: 'endpoint-added' }

/**
 * Says that the version brought the route that the change targets: older clients get the 404 of the router.
 * After {@link endpointRemoved} in an older version it says that the endpoint is back.
 *
 * @example change('orders can be searched', 'GET /orders/search', endpointAdded())
 */
export function endpointAdded (): EndpointAdded {
  return { kind: 'endpoint-added' }
}
