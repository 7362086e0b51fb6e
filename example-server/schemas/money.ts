import { Type } from '@sinclair/typebox'

/** An amount of money; as much as twelve digits hold. */
export const Money = Type.Object({
  amount_minor: Type.Integer({ minimum: 0, maximum: 999_999_999_999 }),
  currency: Type.Literal('EUR')
})
