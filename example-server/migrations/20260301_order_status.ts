import type { Knex } from 'knex'

export async function up (knex: Knex): Promise<void> {
  await knex('orders').where({ status: 'open' }).update({ status: 'pending' })
  await knex.raw("alter table orders alter column status set default 'pending'")
}

export async function down (knex: Knex): Promise<void> {
  await knex.raw("alter table orders alter column status set default 'open'")
  await knex('orders').whereIn('status', ['pending', 'paid']).update({ status: 'open' })
}
