import { change, rename } from 'fastify-vintage'

export default change('`created` is now `created_at`', ['User', 'Order'], rename({ created: 'created_at' }))
