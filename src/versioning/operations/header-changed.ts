/** A response header that had another name before; made by {@link headerChanged}. */
export interface HeaderChanged {
  readonly kind: 'header-changed'
  /** name in the older version: `X-Total` */
  readonly from: string
  /** name in the newer version: `X-Total-Count` */
  readonly to: string
}

/**
 * Says that a response header of the route that the change targets had another name before. Older clients get the
 * value under `from`, and never see `to`. Several changes of one version take effect one after the other.
 *
 * @param header.from name in the older version, in any case
 * @param header.to name in the newer version, in any case
 * @example change('`X-Total` is now `X-Total-Count`', 'GET /orders', headerChanged({ from: 'X-Total', to: 'X-Total-Count' }))
 */
export function headerChanged (header: { readonly from: string, readonly to: string }): HeaderChanged {
  return { kind: 'header-changed', from: header.from, to: header.to }
}
