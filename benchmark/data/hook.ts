import type { Knex } from 'knex'
import { advanceTo } from './ground.js'
import type { Group, Scale } from './group.js'
import { comparisonOf, interleave, noisyIn, pair } from './interleave.js'
import { withKnexes } from './knexes.js'
import type { DataComparison } from './results.js'

type Text = (turn: number) => string

const KNOWN: Text = (turn) => `select id, full_name, email from customers where full_name = ? order by id limit ${turn % 10}`
const NEW: Text = (turn) => `select id, full_name, email from customers where full_name = ? order by id limit ${turn}`
const OTHER: Text = (turn) => `select id, name, reason from contacts where name = ? order by id limit ${turn % 10}`

const STATEMENTS = 2_000

/** What the hook of the knex costs before a statement is sent: built, brought to `$1`, and rewritten where it has to be. */
export const hook: Group = {
  name: 'hook',
  run: async (ground, scale) => await ground.withCopies(['moved', 'head'], Math.min(scale.rows, 20_000), 'bigint', async ([moved = '', head = '']) => {
    const comparisons: DataComparison[] = []
    for (const phase of ['dual-write', 'drop'] as const) {
      if (phase === 'drop') await advanceTo(moved, phase)
      await withKnexes(moved, [head], 1, async (spanning, [plain]) => {
        if (spanning === null || plain === undefined) return
        // the phases are learned before the first statement
        await spanning('customers').select('full_name').first()
        const texts: ReadonlyArray<readonly [string, Text]> = [['on the table, known', KNOWN], ['on the table, new', NEW], ['on another table', OTHER]]
        for (const [name, text] of texts) comparisons.push(await compareHook(`a statement ${name}, ${phase === 'drop' ? 'after the drop' : 'at dual-write'}`, text, spanning, plain, scale))
      })
    }
    return { comparisons }
  })
}

async function compareHook (name: string, text: Text, spanning: Knex, plain: Knex, scale: Scale): Promise<DataComparison> {
  let turn = 100
  const block = (knex: Knex) => async () => {
    const began = performance.now()
    for (let index = 0; index < STATEMENTS; index++) knex.raw(text(turn++), ['Ada']).toSQL().toNative()
    return { each: (performance.now() - began) * 1000 / STATEMENTS }
  }
  await block(spanning)()
  await block(plain)()
  const runs = await interleave({ spanning: block(spanning), plain: block(plain), again: block(plain) }, { ...scale, runs: scale.runs * 3, mostRuns: scale.mostRuns * 3 }, noisyIn(['each'], 'plain', 'again'))
  return comparisonOf(`${name}, not sent`, 'knex alone', 'µs', null, pair(runs, 'each', 'spanning', 'plain', 'again'))
}
