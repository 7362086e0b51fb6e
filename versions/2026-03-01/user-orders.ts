import { change, endpointMoved } from 'fastify-vintage'

export default change('the orders of a user stand under the user', 'GET /users/:id/orders', endpointMoved({
  from: 'GET /orders/by-user/:user_id'
}))
