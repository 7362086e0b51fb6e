import t from 'tap'
import { visitFrom } from '../../../src/data/knex/from.js'
import { scopeOf } from '../../../src/data/knex/scope.js'
import { SourceText } from '../../../src/data/knex/source-text.js'
import { dottedNameOf, isNode, nodesOf, present, textsOf } from '../../../src/data/knex/syntax.js'

t.test('a node is wrapped in its kind, everything else is a plain part', async (t) => {
  t.equal(isNode({ A_Const: {} }), true)
  for (const part of [{ name: 'w' }, { A: 1, B: 2 }, {}, [], null, 'ColumnRef']) t.equal(isNode(part), false)
})

t.test('a part that the grammar always gives is not missing in silence', async (t) => {
  t.equal(present(0), 0)
  t.throws(() => present(undefined), { name: 'TypeError' })
  t.throws(() => dottedNameOf({}), { name: 'TypeError' })
})

t.test('lists that are absent or hold other nodes give what there is', async (t) => {
  t.strictSame(nodesOf('String', undefined), [])
  t.strictSame(textsOf([{ A_Star: {} }, { String: {} }, { String: { sval: 'x' } }]), ['', 'x'])
})

t.test('an item of FROM that is not known is refused', async (t) => {
  const rewriting = { text: new SourceText('select 1 from new_syntax'), states: { tables: [] }, visitStatement: () => ({ names: [], open: false }), visitExpression: () => {} }
  t.throws(() => visitFrom(rewriting, [{ A_Const: {} }], scopeOf([], undefined)), { code: 'FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD', message: /`A_Const` in FROM/ })
})
