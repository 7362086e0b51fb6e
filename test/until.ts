import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'

const POLL_MS = 5
const GIVE_UP_MS = 20_000

/**
 * Until there is something to see.
 *
 * @param look undefined and false: not yet
 * @param what is waited for, told when it does not come within 20 s
 */
export async function until<T> (what: string, look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const start = performance.now()
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() - start > GIVE_UP_MS) throw new Error(`waited in vain for: ${what}`)
    await sleep(POLL_MS)
  }
}

/** Until a query finds a row. */
export async function untilFound (knex: Knex, sql: string, bindings: Knex.RawBinding[] = []): Promise<void> {
  await until(sql, async () => (await knex.raw(sql, bindings)).rows.length > 0)
}

/** Until sessions wait with statements like this: for a lock, or (`Timeout`) asleep; @returns their pids */
export async function untilWaiting (knex: Knex, statement: string, { count = 1, kind = 'Lock' }: { count?: number, kind?: 'Lock' | 'Timeout' } = {}): Promise<number[]> {
  return await until(`${count} waiting with ${statement}`, async () => {
    const { rows } = await knex.raw('select pid from pg_stat_activity where datname = current_database() and wait_event_type = ? and query like ?', [kind, statement])
    return rows.length >= count && rows.map(({ pid }: { pid: number }) => pid)
  })
}
