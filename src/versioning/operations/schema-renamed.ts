/** A schema that had another name before; made by {@link schemaRenamed}. */
export interface SchemaRenamed {
  readonly kind: 'schema-renamed'
  /** `$id` before the change */
  readonly from: string
}

/**
 * Says that the schema that a change targets had another `$id` before it; older version files keep the older name.
 *
 * @param spec.from `$id` in the older versions
 * @example change('customers are called users', 'User', schemaRenamed({ from: 'Customer' }))
 */
export function schemaRenamed (spec: { readonly from: string }): SchemaRenamed {
  return { kind: 'schema-renamed', from: spec.from }
}
