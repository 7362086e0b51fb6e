import { Type } from '@sinclair/typebox'

/** The id in a URL. */
export const IdParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
