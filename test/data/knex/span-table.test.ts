import { loadModule } from 'libpg-query'
import t from 'tap'
import { spanTable } from '../../../src/data/knex/span-table.js'

await loadModule()

const table = { schema: 'public', table: 'orders', visible: true, columns: ['id', 'amount', 'note', 'total', 'code', 'vintage_orders_total_pending'] }
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
  t.equal(spanned.get('code')?.read('o'), "(case when o.\"vintage_orders_total_pending\" then ('EUR')::character varying else o.\"code\" end)")
})

t.test('two transitions of one table go their own ways', async (t) => {
  const other = { ...transition, name: 'orders.note', before: { note: 'text' }, after: { remark: 'text' }, upgrade: { remark: 'note' } }
  const state = spanTable({ ...table, columns: [...table.columns, 'remark'] }, [{ transition, phase: 'read-new' }, { transition: other, phase: 'dual-write' }])
  t.strictSame(state.headColumns, ['id', 'total', 'code', 'remark'])
  t.match([state.spanned.get('total')?.mode, state.spanned.get('remark')?.mode], ['direct', 'spanned'])
})

t.test('an upgrade that lacks a column is refused', async (t) => {
  t.throws(() => spanTable(table, [{ transition: { ...transition, upgrade: {} }, phase: 'backfill' }]), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION' })
})
