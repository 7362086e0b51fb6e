import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'

const LIMIT_MS = 20_000

/** Waits until something holds, and not for ever. */
export async function until (condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await sleep(10)) {
    if (await condition()) return
  }
  throw new Error(`after ${LIMIT_MS} ms this does not hold yet: ${condition}`)
}

/** Waits until sessions of this database wait for a lock, with a statement that begins so; @returns their pids */
export async function untilWaiting (knex: Knex, statement = ''): Promise<number[]> {
  let pids: number[] = []
  await until(async () => {
    pids = await knex('pg_stat_activity').whereRaw("datname = current_database() and wait_event_type = 'Lock' and starts_with(ltrim(query, e' \\n'), ?)", [statement]).pluck('pid')
    return pids.length > 0
  })
  return pids
}
