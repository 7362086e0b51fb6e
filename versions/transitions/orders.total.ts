import { transition } from 'fastify-vintage/knex'

export default transition({
  table: 'orders',
  after_migration: '20250515_orders_by_user',
  before: { amount: 'numeric(12,2)' },
  after: { total_minor: 'bigint', total_currency: 'text' },
  upgrade: { total_minor: '(amount * 100)::bigint', total_currency: "'EUR'" },
  downgrade: { amount: '(total_minor / 100.0)::numeric(12,2)' },
  notNull: ['total_minor', 'total_currency'],
  lossy: 'upgrade'
})
