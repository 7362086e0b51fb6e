import { createInterface } from 'node:readline'
import type { Knex } from 'knex'
import { spanning } from '../../../src/data/knex/spanning.js'
import { fullName } from '../knex/twins.js'

/**
 * A process of the fleet that does what its standard input says, line by line: `read`, `begin`, `touch`, `commit`.
 * It answers each with one line. Arguments: database, milliseconds of lease.
 */
const [url = '', leaseMs = ''] = process.argv.slice(2)
const { knex, start, stop } = await spanning({
  knex: { client: 'pg', connection: url, searchPath: ['live', 'public'] },
  versions: { 'users.full_name': fullName },
  instance: { name: 'child', build: 'abc123' },
  pollMs: 50,
  leaseMs: Number(leaseMs)
})
await start()
let trx: Knex.Transaction | undefined
console.log('started')

for await (const line of createInterface({ input: process.stdin })) {
  try {
    if (line === 'begin') {
      trx = await knex.transaction()
      await trx.raw('select 1')
      console.log('begun')
    } else if (line === 'end') {
      await trx?.rollback()
      trx = undefined
      console.log('ended')
    } else {
      const row = await (trx ?? knex)('users').where('full_name', 'Ada Lovelace').orderBy('id').first('full_name')
      console.log(row.full_name)
    }
  } catch (error) {
    console.log(error instanceof Error && 'code' in error ? error.code : String(error))
  }
}
await stop()
