/** An endpoint that is gone for newer clients; made by {@link endpointRemoved}. */
export interface EndpointRemoved { readonly kind: 'endpoint-removed' }

/**
 * Says that the version took away the route that the change targets: it and newer ones get the 404 of the router.
 * The handler stays registered, because older clients still call it; its `config.vintage.until` may say the same.
 *
 * @example change('use `GET /orders` instead', 'GET /orders/all', endpointRemoved())
 */
export function endpointRemoved (): EndpointRemoved {
  return { kind: 'endpoint-removed' }
}
