import { Type, type TSchema } from '@sinclair/typebox'

/** A page of a list; `next` goes into `after` to get the page that follows, null stands on the last one. */
export const Page = <Row extends TSchema>(row: Row) => Type.Object({
  data: Type.Array(row),
  next: Type.Union([Type.Integer(), Type.Null()])
})

/** The querystring fields that every list has. */
export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  after: Type.Optional(Type.Integer({ minimum: 0 }))
}
