import { Type, type TUnsafe } from '@sinclair/typebox'

/**
 * Names another schema inside a fragment, as of the version of the fragment.
 *
 * @param id `$id` of the schema
 * @returns a TypeBox schema whose static type is `T`
 * @example before: { price: ref<Static<typeof Money>>('Money') }
 */
export function ref <T = unknown> (id: string): TUnsafe<T> {
  return Type.Unsafe<T>({ $ref: id })
}
