import t from 'tap'
import { Era } from '../../../src/data/knex/era.js'
import { holdEras } from '../../../src/data/knex/held-eras.js'

function openEras () {
  const era = new Era({ tables: [] })
  return { era, eras: holdEras({ latest: era, current: era, refresh: async () => {} }) }
}

/** A statement that is answered when the test says so. */
function statement () {
  let settle = (): void => {}
  const answered = new Promise<void>((resolve) => { settle = resolve })
  return { send: async () => await answered, settle }
}

t.test('a ROLLBACK that is still queued when knex gives its connection back holds the era until it is answered', async (t) => {
  const { era, eras } = openEras()
  const connection = {}
  await eras.run(connection, true, 'select 1', async () => {})
  const rollback = statement()
  const running = eras.run(connection, true, 'ROLLBACK', rollback.send)
  eras.release(connection)
  t.equal(era.isIdle, false)
  rollback.settle()
  await running
  t.equal(era.isIdle, true)
})

t.test('the next transaction on that connection holds an era of its own', async (t) => {
  const { era, eras } = openEras()
  const connection = {}
  await eras.run(connection, true, 'select 1', async () => {})
  const rollback = statement()
  const running = eras.run(connection, true, 'ROLLBACK', rollback.send)
  eras.release(connection)
  await eras.run(connection, true, 'select 2', async () => {})
  rollback.settle()
  await running
  t.equal(era.isIdle, false)
  await eras.run(connection, true, 'COMMIT;', async () => {})
  t.equal(era.isIdle, true)
})

t.test('a transaction without a statement holds nothing', async (t) => {
  const { era, eras } = openEras()
  await eras.run({}, true, 'ROLLBACK', async (held) => t.equal(held, undefined))
  eras.release({})
  t.equal(era.isIdle, true)
})

t.test('a transaction whose connection is given back without an end lets go of its era', async (t) => {
  const { era, eras } = openEras()
  const connection = {}
  await eras.run(connection, true, 'select 1', async () => {})
  t.equal(era.isIdle, false)
  eras.release(connection)
  t.equal(era.isIdle, true)
})

t.test('D13 a transaction whose era was overtaken is refused, whoever has found out', async (t) => {
  const { era, eras } = openEras()
  const connection = {}
  await eras.run(connection, true, 'select 1', async () => {})
  era.overtake()
  await t.rejects(eras.run(connection, true, 'select 2', async () => {}), { code: 'FST_ERR_VINTAGE_STATEMENT_OVERTAKEN' })
  await eras.run(connection, true, 'ROLLBACK', async () => {})
  t.equal(era.isIdle, true)
})

t.test('D13 a statement of a transaction looks again, as often as it takes, while the lease has run out', async (t) => {
  const era = new Era({ tables: [] })
  let looks = 0
  const source = { latest: era, get current () { return looks === 0 || looks === 3 ? era : undefined }, refresh: async () => { looks++ } }
  const eras = holdEras(source)
  const connection = {}
  await eras.run(connection, true, 'select 1', async () => {})
  looks = 1
  await eras.run(connection, true, 'select 2', async (held) => t.equal(held, era))
  t.equal(looks, 3)
})
