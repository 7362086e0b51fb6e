import type { Knex } from 'knex'
import type { Test } from 'tap'
import { PHASES, type Phase } from '../../../../src/data/phases.js'
import { oldColumnsIn, type World } from './world.js'

/** Everybody writes this row as well as one of their own. */
const SHARED = 1

/** One who writes and reads in a phase of their own. */
interface Actor {
  readonly name: string
  update (id: number, n: number): Promise<void>
  insert (id: number, n: number): Promise<void>
}

const isFrom = (phase: Phase, first: Phase): boolean => PHASES.indexOf(phase) >= PHASES.indexOf(first)

/** Who can be there in a phase: old builds until their columns are hidden, new ones once the triggers are there. */
function actorsOf ({ root, live, people }: World, phase: Phase): Actor[] {
  const head = (name: string, write: (id: number, full: string, isNew: boolean) => PromiseLike<unknown>): Actor => {
    const put = (isNew: boolean) => async (id: number, n: number): Promise<void> => {
      const full = `${name} G${n} H${n}`
      await write(id, full, isNew)
      people.writeNew(id, full)
    }
    return { name, update: put(false), insert: put(true) }
  }
  const old = (isNew: boolean) => async (id: number, n: number): Promise<void> => {
    const [first_name, last_name] = [`Mary A${n}`, `L${n}`]
    await (isNew ? root('users').insert({ id, first_name, last_name }) : root('users').where({ id }).update({ first_name, last_name }))
    people.writeOld(id, first_name, last_name)
  }
  const through = (knex: Knex) => (id: number, full_name: string, isNew: boolean): PromiseLike<unknown> => isNew ? knex('users').insert({ id, full_name }) : knex('users').where({ id }).update({ full_name })
  return [
    ...isFrom(phase, 'hide') ? [] : [{ name: 'old', update: old(false), insert: old(true) }],
    ...isFrom(phase, 'dual-write') ? [head('new', through(root))] : [],
    ...live === undefined ? [] : [head('head', through(live))]
  ]
}

/** Every reader sees what was written last. */
export async function requireRight (t: Test, world: World, phase: Phase, when: string, transaction?: Knex.Transaction): Promise<void> {
  const { root, live, people } = world
  const old = oldColumnsIn(phase)
  const seen: Array<[reader: string, rows: unknown, wanted: unknown]> = []
  if (old !== undefined) seen.push(['the old side', (await root.raw(`select id, ${old[0]} as first_name, ${old[1]} as last_name from users order by id`)).rows, people.old])
  if (isFrom(phase, 'read-new')) seen.push(['the new side', await root('users').select('id', 'full_name').orderBy('id'), people.head])
  for (const [reader, knex] of [['head', live], ['a transaction of the phase before', transaction]] as const) {
    if (knex !== undefined) seen.push([reader, await knex('users').select('id', 'full_name').orderBy('id'), people.head])
  }
  for (const [reader, rows, wanted] of seen) {
    const [is, should] = [JSON.stringify(rows), JSON.stringify(wanted)]
    if (is !== should) t.equal(is, should, `${reader} ${when}`)
  }
}

/**
 * Everybody reads and writes, one after the other, each a row that all write, one of their own, and a new one.
 *
 * @param n tells what is written apart
 * @param transaction one that began in the phase before; it writes last, and is committed
 */
export async function actAll (t: Test, world: World, phase: Phase, n: number, when: string, transaction?: Knex.Transaction): Promise<void> {
  const { people, root } = world
  await requireRight(t, world, phase, when, transaction)
  const actors = actorsOf(world, phase)
  // whoever comes first differs from time to time
  const order = [...actors.slice(n % actors.length), ...actors.slice(0, n % actors.length)]
  for (const [index, actor] of order.entries()) {
    await actor.update(SHARED, n + index)
    await actor.update(2 + index, n)
    await actor.insert(100 + index, n)
    await requireRight(t, world, phase, `${when}, after ${actor.name} had written`, transaction)
  }
  if (transaction !== undefined) {
    const full = `late T${n}`
    await transaction('users').where({ id: SHARED }).update({ full_name: full })
    await transaction('users').insert({ id: 110, full_name: full })
    for (const id of [SHARED, 110]) people.writeNew(id, full)
    const rows = await transaction('users').select('id', 'full_name').orderBy('id')
    if (JSON.stringify(rows) !== JSON.stringify(people.head)) t.same(rows, people.head, `the transaction of the phase before ${when}`)
    await transaction.commit()
    await requireRight(t, world, phase, `${when}, after the transaction of the phase before`)
  }
  await root('users').where('id', '>=', 100).del()
  for (const id of [100, 101, 102, 110]) people.remove(id)
}
