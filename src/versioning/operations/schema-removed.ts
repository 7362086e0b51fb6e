import type { JsonSchema } from '../json-schema.js'

/** A schema that only older versions have; made by {@link schemaRemoved}. */
export interface SchemaRemoved {
  readonly kind: 'schema-removed'
  /** as of the version before the change */
  readonly schema: JsonSchema
}

/**
 * Brings back a schema that head no longer has, so that fragments of this and of older version files can refer to it and
 * changes of older files apply to it.
 *
 * @param spec.schema the schema as of the version before the change, with or without `$id`; other schemas are written `ref('Id')`
 * @example change('faxes are gone', 'Fax', schemaRemoved({ schema: Type.Object({ number: Type.String() }) }))
 */
export function schemaRemoved (spec: { readonly schema: JsonSchema }): SchemaRemoved {
  return { kind: 'schema-removed', schema: spec.schema }
}
