import { loadModule } from 'libpg-query'
import t from 'tap'
import { spanTable } from '../../../src/data/knex/span-table.js'

await loadModule()

const table = { schema: 'public', table: 'orders', visible: true, columns: ['id', 'amount', 'note', 'total', 'code', 'vintage_orders_total_pending'], uniqueKeys: [{ name: 'orders_pkey', columns: ['id'] }] }
const transition = {
  name: 'orders.total',
  table: 'orders',
  before: { amount: 'text' },
  after: { total: 'numeric(12,2)', code: 'character varying(3)' },
  upgrade: { total: 'amount::numeric', code: "'EUR'" },
  downgrade: { amount: 'total::text' }
}

t.test('head sees the columns of the table without the old side and the marker', async (t) => {
  const state = spanTable(table, [{ transition, phase: 'backfill' }])
  t.strictSame(state.headColumns, ['id', 'note', 'total', 'code'])
  t.strictSame([...state.gone.keys()], ['amount', 'vintage_orders_total_hidden_amount', 'vintage_orders_total_pending'])
  t.match([...state.spanned.values()].map(({ mode }) => mode), ['spanned', 'spanned'])
})

t.test('an upgraded value is read in the type of its column, but a text that is too long is not cut', async (t) => {
  const { spanned } = spanTable(table, [{ transition, phase: 'backfill' }])
  t.equal(spanned.get('total')?.read('"o"'), '(case when "o"."vintage_orders_total_pending" then ("o"."amount"::numeric)::numeric(12,2) else "o"."total" end)')
  t.equal(spanned.get('code')?.read('o'), "(case when o.\"vintage_orders_total_pending\" then ('EUR')::\"pg_catalog\".\"varchar\" else o.\"code\" end)")
})

t.test('however Postgres lets one write a type with a length, a text or a row of bits is not cut', async (t) => {
  for (const [type, cast] of Object.entries({
    'varchar(3)': '"pg_catalog"."varchar"',
    'char varying(3)': '"pg_catalog"."varchar"',
    'national character varying (3)': '"pg_catalog"."varchar"',
    'pg_catalog.varchar(3)': '"pg_catalog"."varchar"',
    '"varchar"(3)': '"varchar"',
    'VarChar(3)[]': '"pg_catalog"."varchar"[]',
    'varchar(3) array[4]': '"pg_catalog"."varchar"[]',
    'varchar(3)[][2]': '"pg_catalog"."varchar"[][]',
    'bit varying(3)': '"pg_catalog"."varbit"',
    'varbit(3)': '"varbit"',
    varchar: 'varchar',
    'numeric(12, 2)': 'numeric(12, 2)',
    'timestamptz(0)': 'timestamptz(0)',
    'other.varchar(3)': 'other.varchar(3)',
    'text[]': 'text[]',
    'text collate "C"': 'text collate "C"',
    'varchar(3) collate "C"': '"pg_catalog"."varchar"'
  })) {
    const { spanned } = spanTable(table, [{ transition: { ...transition, after: { code: type } }, phase: 'backfill' }])
    t.match(spanned.get('code')?.read('o'), `('EUR')::${cast} else`, type)
  }
})

t.test('what is not the name of one type is refused', async (t) => {
  for (const type of ['varchar(', 'text, 1', 'text from x', 'text; select 1', 'text) union select (1', 'text as x', 'text is null', 'text limit 1', '']) {
    t.throws(() => spanTable(table, [{ transition: { ...transition, after: { code: type } }, phase: 'backfill' }]), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /`after`/ }, type)
  }
})

t.test('two transitions of one table go their own ways', async (t) => {
  const other = { ...transition, name: 'orders.note', before: { note: 'text' }, after: { remark: 'text' }, upgrade: { remark: 'note' } }
  const state = spanTable({ ...table, columns: [...table.columns, 'remark'] }, [{ transition, phase: 'read-new' }, { transition: other, phase: 'dual-write' }])
  t.strictSame(state.headColumns, ['id', 'total', 'code', 'remark'])
  t.match([state.spanned.get('total')?.mode, state.spanned.get('remark')?.mode], ['direct', 'spanned'])
})

t.test('keys that the operator has still to build are known beside those that are there', async (t) => {
  const indexes = [['total'], { columns: ['code'] }, { columns: ['code', 'id'], unique: true, name: 'by_code' }]
  t.strictSame(spanTable(table, [{ transition: { ...transition, indexes }, phase: 'backfill' }]).uniqueKeys, [...table.uniqueKeys, { name: 'by_code', columns: ['code', 'id'] }])
})

t.test('an upgrade that lacks a column is refused', async (t) => {
  t.throws(() => spanTable(table, [{ transition: { ...transition, upgrade: {} }, phase: 'backfill' }]), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION' })
})
