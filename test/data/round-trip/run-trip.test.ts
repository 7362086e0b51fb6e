import t from 'tap'
import { openDatabase } from '../../../src/data/database.js'
import { generateRows } from '../../../src/data/round-trip/generate-rows.js'
import { readTripSides } from '../../../src/data/round-trip/read-sides.js'
import { runTrip } from '../../../src/data/round-trip/run-trip.js'
import { createDatabase } from '../../database.js'

const TEXT = { type: 'text', cast: 'text' }
const DEFINITION = { table: 'notes', before: { note: 'text' }, after: { remark: 'text' }, upgrade: { remark: 'note' }, downgrade: { note: 'remark' } }

t.test('D10 values are looked at for so long, and a value that alone takes longer shows nothing', async (t) => {
  const { url } = await createDatabase(t)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const sleepMs = async (first: number, rest: number, limitMs: number) => await database.transaction(async (session) => {
    const definition = { ...DEFINITION, upgrade: { remark: "case when pg_sleep(note::float8) is null then '' else 'x' end" } }
    const sides = await readTripSides(session, definition, { before: new Map([['note', TEXT]]), after: new Map([['remark', TEXT]]) }, 'notes')
    const result = await runTrip(session, sides, 'old', { rows: `select case n when 1 then ${first} else ${rest} end / 1000.0 as ms from generate_series(1, 50) n`, from: () => '(select vintage_source.ms::text as note) as vintage_row' }, limitMs)
    t.match(await session.query('show statement_timeout'), [{ statement_timeout: '0' }])
    return result
  })
  const { tried, lost } = await sleepMs(200, 200, 500)
  t.ok(tried > 0 && tried < 50, `${tried} of 50`)
  t.equal(lost, tried)
  t.strictSame(await sleepMs(2_000, 0, 20), { tried: 0, lost: 0, refused: null, shown: null })
  t.match(await sleepMs(0, 0, 5_000), { tried: 50 })
})

t.test('rows that cannot be read are an error', async (t) => {
  const { url } = await createDatabase(t)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  await t.rejects(database.transaction(async (session) => {
    const sides = await readTripSides(session, DEFINITION, { before: new Map([['note', TEXT]]), after: new Map([['remark', TEXT]]) }, 'notes')
    await runTrip(session, sides, 'new', { rows: 'select 1 from nowhere', from: () => '(select null as remark) as vintage_row' }, 100)
  }), { code: '42P01' })
})

t.test('generated rows are the same every time, and have each value, all nulls and a mix', (t) => {
  const columns = new Map<string, readonly unknown[]>([['a', ['x', '', null]], ['b', [1, 2, null]]])
  const rows = generateRows(columns)
  t.strictSame(generateRows(columns), rows)
  t.same(new Set(rows.map((row) => JSON.stringify(row))).size, rows.length)
  t.strictSame(rows.slice(0, 2), [{ a: 'x', b: 1 }, { a: null, b: null }])
  t.equal(rows.length, 9, 'of two columns with three values each, all there are')
  t.equal(generateRows(new Map([['a', Array.from({ length: 2_000 }, (_, n) => n)]])).length, 1_000, 'but not too many')
  t.end()
})
