import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { clockMs, describeError, openLog } from './log.js'
import { awaitOrders } from './orders.js'
import { HOT_ROWS } from './rows.js'
import { below, randomFrom } from './random.js'
import type { Order } from './traffic.js'

// Somebody else's program, with one prepared `select *` on one connection, which it prepares again when the server wants it to.
awaitOrders(begin)

/** A row with whichever columns there are. */
interface Found { readonly uid: number, readonly ver: number, readonly pver: number, readonly [column: string]: unknown }

async function begin ({ url, name, file, seed, life, breathMs }: Order, messages: readonly string[]): Promise<void> {
  const log = openLog(file)
  const random = randomFrom(seed)
  const client = new pg.Client({ connectionString: url, application_name: name })
  await client.connect()
  process.send?.(`ready ${life}`)
  for (let prepared = 0; !messages.includes('leave');) {
    const [uid, asked] = [1 + below(random, HOT_ROWS), clockMs()]
    try {
      const [row] = (await client.query<Found>({ name: `rows ${prepared}`, text: 'select * from people where uid = $1', values: [uid] })).rows
      if (row === undefined) log({ kind: 'missed', uid, known: true })
      else if (typeof row.first_name === 'string' && typeof row.last_name === 'string') log({ kind: 'read', cell: 'name', uid, value: `${row.first_name} ${row.last_name}`.trim(), ver: row.ver, asked })
      else log({ kind: 'read', cell: 'name', uid, value: String(row.full_name), ver: row.ver, asked })
      log({ kind: 'answered' })
    } catch (error) {
      log({ kind: 'error', by: name, ...describeError(error), fragile: false })
      prepared++
    }
    await sleep(breathMs)
  }
  await client.end()
  process.send?.(`left ${life}`)
}
