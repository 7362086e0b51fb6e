import type { Knex } from 'knex'

/** Fills a database of before the transition with names of every kind, in the old columns. */
export async function seedUsers (knex: Knex, users: number, orders: number): Promise<void> {
  await knex.raw(`
    insert into users (first_name, last_name, email)
    select (array['Ada', 'Mary Ann', '明', 'Cher', 'Ludwig van', 'O''Brien'])[1 + i % 6],
           case when i % 7 = 0 then '' else (array['Lovelace', 'D''Arcy', '李', 'van  der Berg'])[1 + i % 4] || ' ' || i end,
           'seed.' || i || '@example.test'
    from generate_series(1, ?::int) as i`, [users])
  await knex.raw(`
    insert into orders (user_id, total_minor, total_currency, status)
    select 1 + i % 40, i * 100, 'EUR', 'paid' from generate_series(1, ?::int) as i`, [orders])
}
