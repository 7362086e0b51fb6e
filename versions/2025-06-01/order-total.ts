import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'

export default change('`amount` becomes `total` in minor units', 'Order', replace({
  before: { amount: Type.String({ pattern: '^(?:0|[1-9]\\d{0,9})\\.\\d{2}$' }) },
  after: { total: Type.Object({ amount_minor: Type.Integer({ minimum: 0, maximum: 999_999_999_999 }), currency: Type.Literal('EUR') }) },
  upgrade: ({ amount }) => ({ total: { amount_minor: Number(amount.replace('.', '')), currency: 'EUR' } }),
  downgrade: ({ total }) => ({ amount: (total.amount_minor / 100).toFixed(2) })
}), { transition: 'orders.total' })
