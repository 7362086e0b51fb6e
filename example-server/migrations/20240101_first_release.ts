import type { Knex } from 'knex'

export async function up (knex: Knex): Promise<void> {
  await knex.schema.createTable('users', (table) => {
    table.specificType('id', 'bigint generated always as identity primary key')
    table.text('first_name')
    table.text('last_name')
    table.text('email').notNullable()
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.integer('ver').notNullable().defaultTo(1)
  })
  await knex.schema.createTable('orders', (table) => {
    table.specificType('id', 'bigint generated always as identity primary key')
    table.bigInteger('user_id').notNullable().references('users.id')
    table.decimal('amount', 12, 2)
    table.text('status').notNullable().defaultTo('open')
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    table.integer('ver').notNullable().defaultTo(1)
  })
}

export async function down (knex: Knex): Promise<void> {
  await knex.schema.dropTable('orders')
  await knex.schema.dropTable('users')
}
