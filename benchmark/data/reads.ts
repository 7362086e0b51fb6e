import type { Knex } from 'knex'
import type { Phase } from '../../src/data/phases.js'
import { advanceTo, withClient } from './ground.js'
import type { Group, Scale } from './group.js'
import { comparisonOf, interleave, noisyIn, pair } from './interleave.js'
import { withKnexes } from './knexes.js'
import { nodeTypesOf, type SendRaw } from './plans.js'
import type { DataComparison } from './results.js'

type Read = (knex: Knex, turn: number) => Knex.QueryBuilder

const LETTERS = 'abcdefghijklmnop'
const letter = (turn: number) => LETTERS.charAt(turn % LETTERS.length)

/** About one row in 256; letters go round. */
const within = (query: Knex.QueryBuilder, turn: number) => {
  const first = letter(turn).toUpperCase()
  const second = letter(turn * 7 + 3)
  return query.where('full_name', '>=', first + second).where('full_name', '<', `${first}${second}q`)
}

/** What an application reads on the new column; each turn has other parameters, and two databases give the same. */
const READS: Readonly<Record<string, Read>> = {
  equality: (knex, turn) => knex('customers').select('id', 'full_name', 'email').where('full_name', knex('contacts').select('name').where('id', 1 + turn % 100 * 50)),
  range: (knex, turn) => within(knex('customers').select('id', 'full_name', 'city'), turn).orderBy('id'),
  'order by, limit': (knex, turn) => knex('customers').select('id', 'full_name').where('full_name', '>', letter(turn).toUpperCase()).orderBy('full_name').limit(20),
  join: (knex, turn) => knex('contacts').join('customers', 'customers.full_name', 'contacts.name').select('contacts.id', 'customers.id as customer', 'customers.full_name')
    .whereBetween('contacts.id', [1 + turn % 100 * 50, 1 + (turn % 100 + 20) * 50]).orderBy('contacts.id'),
  count: (knex, turn) => within(knex('customers').count(), turn),
  'count with another condition': (knex, turn) => within(knex('customers').count(), turn).where('status', turn % 7)
}

const PHASES: readonly Phase[] = ['dual-write', 'backfill', 'read-new', 'hide', 'drop']
const goalOf = (phase: Phase) => ({ atLeast: phase === 'dual-write' || phase === 'backfill' ? 0.85 : 0.95 })

/** Reads of the new column in each phase, against a table that has always had it. */
export const reads: Group = {
  name: 'reads',
  run: async (ground, scale) => await ground.withCopies(['moved', 'head', 'head'], scale.rows, 'bigint', async (urls) => {
    const [moved = '', head = '', again = ''] = urls
    const comparisons: DataComparison[] = []
    const differing: string[] = []
    for (const phase of PHASES) {
      if (phase !== 'dual-write') await advanceTo(moved, phase)
      // as autovacuum does after a while: maps of what is visible and statistics are there for all
      for (const url of urls) await withClient(url, async (client) => await client.query('vacuum (analyze) customers'))
      await withKnexes(moved, [head, again], 1, async (spanning, [plain, other]) => {
        if (spanning === null || plain === undefined || other === undefined) return
        for (const [name, read] of Object.entries(READS)) {
          await requireSameRows(name, read, spanning, plain)
          const [mine, theirs] = [await planOf(read(spanning, 0), moved), await planOf(read(plain, 0), head)]
          if (mine !== theirs) differing.push(`${name} at ${phase}: ${mine} instead of ${theirs}`)
          const runs = await compareReads(read, { moved: spanning, head: plain, again: other }, scale)
          comparisons.push(comparisonOf(`${name}, ${phase}`, 'a plain table with the new column', 'ms', goalOf(phase), runs, [mine]))
        }
      })
    }
    return { comparisons, measurements: [{ name: 'reads whose plan has other node types than on a plain table', unit: 'reads', goal: { atMost: 0 }, judged: 'median', samples: [differing.length], notes: differing }] }
  })
}

async function compareReads (read: Read, knexes: Readonly<Record<'moved' | 'head' | 'again', Knex>>, scale: Scale) {
  const turns = await calibrate(read, knexes.head, scale.blockMs)
  const measure = (knex: Knex) => async () => ({ ms: await runTurns(read, knex, turns) / turns })
  await runTurns(read, knexes.moved, turns)
  await runTurns(read, knexes.again, turns)
  const runs = await interleave({ moved: measure(knexes.moved), head: measure(knexes.head), again: measure(knexes.again) }, scale, noisyIn(['ms'], 'head', 'again'))
  return pair(runs, 'ms', 'moved', 'head', 'again')
}

async function calibrate (read: Read, knex: Knex, blockMs: number): Promise<number> {
  const some = 20
  await runTurns(read, knex, some)
  return Math.max(some, Math.round(blockMs / 3 / (await runTurns(read, knex, some) / some)))
}

async function runTurns (read: Read, knex: Knex, turns: number): Promise<number> {
  const began = performance.now()
  for (let turn = 0; turn < turns; turn++) await read(knex, turn)
  return performance.now() - began
}

async function requireSameRows (name: string, read: Read, mine: Knex, theirs: Knex): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    const [rows, expected] = [JSON.stringify(await read(mine, turn)), JSON.stringify(await read(theirs, turn))]
    if (rows !== expected) throw new Error(`${name}: other rows than on a plain table:\n${rows.slice(0, 300)}\n${expected.slice(0, 300)}`)
    if (turn === 0 && rows === '[]') throw new Error(`${name}: reads nothing`)
  }
}

async function planOf (query: Knex.QueryBuilder, url: string): Promise<string> {
  return await withClient(url, async (client) => {
    const send: SendRaw = async (sql, values) => (await client.query(sql, values)).rows
    return await nodeTypesOf(query, send)
  })
}
