import type { Knex } from 'knex'
import { withClient } from './ground.js'
import type { Group, Scale } from './group.js'
import { comparisonOf, interleave, noisyIn, pair, type Runs } from './interleave.js'
import { withKnexes } from './knexes.js'
import type { DataComparison } from './results.js'
import { stream } from './stream.js'

/** Writes by one kind of client; `turn` is a number that no other statement of the run has. */
interface Writer {
  insert (knex: Knex, turn: number): PromiseLike<unknown>
  update (knex: Knex, turn: number, rows: number): PromiseLike<unknown>
}

const others = (turn: number) => ({
  email: `new${turn}@example.org`, phone: '+49 30 1234567', street: `Long Street ${turn % 300}`, city: `City ${turn % 997}`, country: 'DE', status: 1, balance: 12.5, note: 'n'.repeat(96)
})
// prime steps through all keys, so that no two statements under way have the same row
const idOf = (turn: number, rows: number) => 1 + turn * 7919 % rows

const KNEX: Writer = {
  insert: (knex, turn) => knex('customers').insert({ full_name: `Neuer Kunde${turn}`, ...others(turn) }),
  update: (knex, turn, rows) => knex('customers').where({ id: idOf(turn, rows) }).update({ full_name: `Anderer Name${turn}` })
}

const STRAY: Writer = {
  insert: (knex, turn) => knex('customers').insert({ first_name: 'Neuer', last_name: `Kunde${turn}`, ...others(turn) }),
  update: (knex, turn, rows) => knex('customers').where({ id: idOf(turn, rows) }).update({ first_name: 'Anderer', last_name: `Name${turn}` })
}

/** Single rows written through knex during dual-write, by those who know the new column and by stray writers. */
export const writes: Group = {
  name: 'writes',
  async run (ground, scale) {
    const head = await ground.withCopies(['moved', 'head', 'head'], scale.rows, 'bigint', async ([moved = '', plain = '', again = '']) =>
      await withKnexes(moved, [plain, again], 16, async (spanning, [one, two]) => await measure('knex', KNEX, spanning, one, two, 0.9, scale)))
    const stray = await ground.withCopies(['moved', 'old', 'old'], scale.rows, 'bigint', async ([moved = '', plain = '', again = '']) =>
      await withKnexes(null, [moved, plain, again], 16, async (_, [mine, one, two]) => {
        const rows = await measure('stray writers', STRAY, mine, one, two, 0.7, scale)
        const together = mine === undefined || one === undefined || two === undefined ? [] : [await throughput(mine, one, two, scale)]
        await requireInSync(moved)
        return [...rows, ...together]
      }))
    return { comparisons: [...head, ...stray] }
  }
}

async function measure (who: string, writer: Writer, moved: Knex | null | undefined, plain: Knex | undefined, again: Knex | undefined, goal: number, scale: Scale): Promise<DataComparison[]> {
  if (moved === null || moved === undefined || plain === undefined || again === undefined) return []
  const comparisons: DataComparison[] = []
  let turn = 0
  for (const operation of ['insert', 'update'] as const) {
    const send = (knex: Knex) => writer[operation](knex, turn++, scale.rows)
    for (const knex of [moved, plain, again]) await stream(16, scale.blockMs / 2, () => send(knex))
    for (const clients of [1, 16]) {
      const block = (knex: Knex) => async () => await stream(clients, scale.blockMs, () => send(knex))
      const runs = await interleave({ moved: block(moved), plain: block(plain), again: block(again) }, scale, noisyIn(['p50'], 'plain', 'again'))
      for (const cost of ['p50', 'p99']) comparisons.push(comparisonOf(`${operation} of a row by ${who}, ${clients === 1 ? '1 client' : `${clients} clients`}, ${cost}`, 'a plain table', 'µs', { atLeast: goal }, costs(runs, cost)))
    }
  }
  return comparisons
}

async function throughput (moved: Knex, plain: Knex, again: Knex, scale: Scale): Promise<DataComparison> {
  let turn = 1_000_000
  const block = (knex: Knex) => async () => await stream(8, scale.blockMs, () => STRAY.update(knex, turn++, scale.rows))
  const runs = await interleave({ moved: block(moved), plain: block(plain), again: block(again) }, scale, noisyIn(['each'], 'plain', 'again'))
  return comparisonOf('update by 8 stray writers at once, throughput', 'a plain table', 'µs each', { atLeast: 0.8 }, costs(runs, 'each'))
}

function costs (runs: Runs<'moved' | 'plain' | 'again'>, cost: string) {
  return pair(runs, cost, 'moved', 'plain', 'again')
}

/** Each row that was written by now has what its other side says. */
async function requireInSync (url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows: [row] } = await client.query("select count(*) filter (where full_name is distinct from first_name || ' ' || last_name)::int as wrong, count(*)::int as written from customers where full_name is not null")
    if (row.wrong !== 0 || row.written === 0) throw new Error(`${row.wrong} of ${row.written} rows that were written are out of sync`)
  })
}
