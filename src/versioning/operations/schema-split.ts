/** Several schemas that were one before; made by {@link schemaSplit}. */
export interface SchemaSplit {
  readonly kind: 'schema-split'
  /** `$id` of the one, before the change */
  readonly from: string
}

/**
 * Says that the schemas that a change targets were one before it: changes of older version files on that one apply to each
 * of them. What differs between them is described by further changes of the same version, so that both are the same before it.
 *
 * @param spec.from `$id` in the older versions; `ref` to it stands for the first of the targets
 * @example change('administrators are no longer people', ['User', 'Admin'], schemaSplit({ from: 'Person' }))
 */
export function schemaSplit (spec: { readonly from: string }): SchemaSplit {
  return { kind: 'schema-split', from: spec.from }
}
