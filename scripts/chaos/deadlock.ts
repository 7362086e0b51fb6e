import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { describeError } from './log.js'
import type { Ground } from './ground.js'
import { HOT_ROWS } from './rows.js'

const DEADLOCK = '40P01'

/**
 * Two transactions take locks of two rows in opposite order, over rows that the traffic and the backfill write too;
 * a third holds the table as a reader and then asks for the state row, on which an operator in a step sits while it
 * waits for the table.
 *
 * @returns whether the server has found a deadlock
 */
export async function provokeDeadlock (ground: Ground): Promise<boolean> {
  const clients = await Promise.all(['first', 'second', 'third'].map(async (name) => await ground.connect(`deadlock-${name}`)))
  try {
    const [first, second, third] = clients
    if (first === undefined || second === undefined || third === undefined) return false
    for (const client of clients) await client.query("begin; set local statement_timeout = '3s'")
    const crossed = Promise.all([lock(first, HOT_ROWS, 1), lock(second, 1, HOT_ROWS)])
    await third.query('select count(*) from people')
    const held = sleep(150).then(async () => await codeOf(third, 'select 1 from vintage.transitions for update'))
    return [...await crossed, await held].includes(DEADLOCK)
  } finally {
    for (const client of clients) await client.end().catch(() => {})
  }
}

/** Locks one row, and the other a little later. @returns the code of the error, if one came */
async function lock (client: Client, one: number, other: number): Promise<string> {
  const code = await codeOf(client, `select 1 from people where uid = ${one} for update`)
  if (code !== '') return code
  await sleep(50)
  const second = await codeOf(client, `select 1 from people where uid = ${other} for update`)
  await client.query('rollback').catch(() => {})
  return second
}

async function codeOf (client: Client, sql: string): Promise<string> {
  return await client.query(sql).then(() => '', (error: unknown) => describeError(error).code)
}
