import type { TSchema } from '@sinclair/typebox'
import { MisfitError } from '../errors.js'
import { isRecord, type JsonSchema } from './json-schema.js'

const lineage: unique symbol = Symbol.for('fastify-vintage.lineage')

/** From which schema a variant was made, and how. */
export interface Lineage {
  readonly id: string
  readonly base: JsonSchema
  make (base: JsonSchema): JsonSchema
}

/**
 * All variants by `$id`, since Fastify keeps clones of shared schemas, and a clone has no symbols: what it was made of is
 * found again by its `$id` and its content. Nothing is known here that the same call would not tell again.
 */
const variants = new Map<string, Map<string, Lineage>>()

/**
 * Makes a schema of another one that follows every change on it: TypeBox drops `$id` and origin in Partial, Omit, Pick, Composite.
 * Changes on the base apply to the fields that the variant has; `make` runs again on an older base where that cannot tell.
 *
 * @param id `$id` of the variant
 * @param base a schema with an `$id`; may be a variant itself
 * @throws FST_ERR_VINTAGE_MISFIT when the base has no `$id`
 * @example variant('UserPatch', User, (user) => Type.Partial(Type.Omit(user, ['id'])))
 */
export function variant<Base extends TSchema, Made extends TSchema> (id: string, base: Base, make: (base: Base) => Made): Made {
  if (base.$id === undefined) throw new MisfitError(`variant('${id}', …): the schema that it is made of has no \`$id\`: give it one, changes find it by that.`)
  const made = { ...make(base), $id: id, [lineage]: { id, base, make } }
  const byContent = variants.get(id) ?? new Map<string, Lineage>()
  variants.set(id, byContent.set(JSON.stringify(made), made[lineage]))
  return made
}

/** @returns the lineage of a schema made by {@link variant}, or of a clone of it; undefined for any other, also for what was made of a variant without a new `variant` */
export function lineageOf (schema: JsonSchema): Lineage | undefined {
  const value: unknown = Reflect.get(schema, lineage)
  if (isLineage(value)) return value.id === schema.$id ? value : undefined
  const byContent = variants.get(String(schema.$id))
  return byContent?.get(JSON.stringify(schema))
}

function isLineage (value: unknown): value is Lineage {
  return isRecord(value) && isRecord(value.base) && typeof value.make === 'function'
}
