import { change, splitEnum } from 'fastify-vintage'

export default change('the status `open` is now told apart as `pending` or `paid`', 'OrderStatus', splitEnum({
  value: 'open',
  into: ['pending', 'paid'],
  write: 'pending'
}))
