import type { Knex } from 'knex'

export async function up (knex: Knex): Promise<void> {
  await knex.schema.alterTable('orders', (table) => { table.index(['user_id', 'id']) })
}

export async function down (knex: Knex): Promise<void> {
  await knex.schema.alterTable('orders', (table) => { table.dropIndex(['user_id', 'id']) })
}
