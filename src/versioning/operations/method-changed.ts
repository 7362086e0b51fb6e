/** An endpoint that was called with another method before; made by {@link methodChanged}. */
export interface MethodChanged {
  readonly kind: 'method-changed'
  /** `POST` */
  readonly from: string
}

/**
 * Says that the route that the change targets was called with another method before; its URL stays.
 *
 * @param method.from the method of the older version
 * @example change('replacing a user is a PUT', 'PUT /users/:id', methodChanged({ from: 'POST' }))
 */
export function methodChanged (method: { readonly from: string }): MethodChanged {
  return { kind: 'method-changed', from: method.from }
}
