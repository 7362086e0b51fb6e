import type { Knex } from 'knex'
import { nameOf } from './names.js'

const USERS = 10_000
const ORDERS = 30_000
const BATCH = 1_000

const STATUSES = ['pending', 'paid', 'shipped', 'shipped', 'shipped', 'cancelled']

/**
 * Fills the empty tables, all or nothing, with the same rows in every run.
 * @returns the number of users that were written: 0 when there were some already
 */
export async function seed (knex: Knex): Promise<number> {
  return await knex.transaction(async (trx) => {
    await trx.raw('lock table users in exclusive mode')
    if (await trx('users').first(trx.raw('1')) !== undefined) return 0
    // A database that has gone through every phase already has no columns for the old names.
    const old = await trx.schema.hasColumn('users', 'first_name')
    for (let from = 1; from <= USERS; from += BATCH) {
      await trx('users').insert(range(from).map((n) => ({ ...(old ? nameOf(n) : toFullName(n)), email: `user${n}@example.com`, created_at: momentOf(n) })))
    }
    const ids: { id: string }[] = await trx('users').select('id').orderBy('id')
    for (let from = 1; from <= ORDERS; from += BATCH) {
      await trx('orders').insert(range(from).map((n) => ({
        user_id: ids[n * 7 % ids.length]?.id,
        total_minor: 99 + n * 7919 % 250_000,
        total_currency: 'EUR',
        status: STATUSES[n % STATUSES.length],
        created_at: momentOf(n)
      })))
    }
    return USERS
  })
}

function range (from: number): number[] {
  return Array.from({ length: BATCH }, (_, index) => from + index)
}

function toFullName (n: number) {
  const { first_name, last_name } = nameOf(n)
  return { full_name: `${first_name} ${last_name}`.trim() }
}

function momentOf (n: number): string {
  return new Date(Date.UTC(2024, 0, 1) + n * 1_000_000).toISOString()
}
