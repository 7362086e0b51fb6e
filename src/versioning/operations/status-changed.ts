/** A status that was another one before; made by {@link statusChanged}. */
export interface StatusChanged {
  readonly kind: 'status-changed'
  /** status of the older version: `200` */
  readonly from: number
  /** status of the newer version: `201` */
  readonly to: number
}

/**
 * Says that the route that the change targets answers with another status than before. Older clients get `from`
 * wherever the handler sends `to`; in files of older versions the place of that response is `… from`.
 *
 * @param status.from HTTP status of the older version, 200 to 599
 * @param status.to HTTP status of the newer version, 200 to 599
 * @example change('a new order is `201 Created`', 'POST /orders', statusChanged({ from: 200, to: 201 }))
 */
export function statusChanged (status: { readonly from: number, readonly to: number }): StatusChanged {
  return { kind: 'status-changed', from: status.from, to: status.to }
}
