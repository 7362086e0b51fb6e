import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../../src/versioning/change.js'
import { deriveContracts } from '../../../src/versioning/contracts.js'
import { historyOf } from '../../../src/versioning/history.js'
import { defaultChanged } from '../../../src/versioning/operations/default-changed.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const Page = Type.Object({ limit: Type.Optional(Type.Integer({ default: 20 })), offset: Type.Integer() }, { $id: 'Page' })
const limit = defaultChanged({ field: 'limit', before: 10, after: 20 })

test('the older schema has the older default, and what a response leaves out is written out', (t) => {
  const { older, upgrade, downgrade } = tryOperation(limit, 'Page', [Page])
  t.match(older('Page'), { required: ['offset'], properties: { limit: { type: 'integer', default: 10 } } })
  t.strictSame(upgrade('Page', { limit: 10, offset: 0 }), { limit: 10, offset: 0 })
  t.strictSame(upgrade('Page', { offset: 0 }), { offset: 0 }, 'the validator of the older version has filled it already')
  t.strictSame(downgrade('Page', { offset: 0 }), { limit: 20, offset: 0 }, 'which is what clients of head see')
  t.strictSame(downgrade('Page', { limit: 5, offset: 0 }), { limit: 5, offset: 0 })
  t.end()
})

test('a default may have gone, and lists and objects are given anew each time', (t) => {
  const Bare = Type.Object({ limit: Type.Optional(Type.Integer()) }, { $id: 'Bare' })
  const gone = tryOperation(defaultChanged({ field: 'limit', before: 10 }), 'Bare', [Bare])
  t.match(gone.older('Bare'), { properties: { limit: { default: 10 } } })
  t.strictSame(gone.downgrade('Bare', {}), {})
  const Tags = Type.Object({ tags: Type.Optional(Type.Array(Type.String(), { default: ['a'] })) }, { $id: 'Tags' })
  const { downgrade } = tryOperation(defaultChanged({ field: 'tags', before: [], after: ['a'] }), 'Tags', [Tags])
  t.strictSame(downgrade('Tags', {}), { tags: ['a'] })
  t.not(Reflect.get(Object(downgrade('Tags', {})), 'tags'), Reflect.get(Object(downgrade('Tags', {})), 'tags'))
  t.end()
})

test('a default that stands in a schema with an $id is one of the field', (t) => {
  const Limit = Type.Integer({ $id: 'Limit', default: 20 })
  const Query = Type.Object({ limit: Type.Optional(Limit) }, { $id: 'Query' })
  const { older } = tryOperation(limit, 'Query', [Query, Limit])
  t.match(older('Query'), { properties: { limit: { $ref: '#/$defs/Limit', default: 10 } } })
  t.end()
})

test('a variant without the field, or with a default of its own, is left alone', (t) => {
  const Bare = variant('Bare', Page, (page) => Type.Pick(page, ['offset']))
  const Own = variant('Own', Page, () => Type.Object({ limit: Type.Integer({ default: 7 }) }))
  const Patch = variant('Patch', Page, (page) => Type.Partial(page))
  const { older, downgrade } = tryOperation(limit, 'Page', [Page, Bare, Own, Patch])
  t.strictSame(downgrade('Bare', { offset: 1 }), { offset: 1 })
  t.match(older('Own'), { properties: { limit: { default: 7 } } })
  t.match(older('Patch'), { properties: { limit: { default: 10 } } })
  t.end()
})

test('A16 defaults that do not fit', (t) => {
  const misfit = (operation: ReturnType<typeof defaultChanged>, message: string, schema: TSchema = Page) =>
    t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
  misfit(defaultChanged({ field: 'limit', before: undefined, after: 20 }), 'has no `before`: say what a request that left the field out stood for')
  misfit(defaultChanged({ field: 'limit', before: 20, after: 20 }), 'changes nothing: `before` and `after` are both 20')
  misfit(defaultChanged({ field: 'size', before: 10, after: 20 }), 'changes the default of `size`, but there is no such field: correct the name, or the schema')
  misfit(defaultChanged({ field: 'limit', before: 10, after: 30 }), 'the default of `limit` is 20 at this version, not 30: correct `after`, or the schema')
  misfit(defaultChanged({ field: 'limit', before: 10 }), 'the default of `limit` is 20 at this version, not left out: correct `after`, or the schema')
  misfit(defaultChanged({ field: 'offset', before: 10, after: 20 }), 'the default of `offset` is not there at this version, not 20: correct `after`, or the schema')
  misfit(defaultChanged({ field: 'limit', before: 'ten', after: 20 }), '`before` is string, but `limit` is integer: correct `before`')
  t.equal(tryOperation(limit, 'Page', [Page]).lack('Page', 'upgrade'), undefined)
  t.end()
})

test('A16 a copy that kept the new default is a forgotten twin, one with another default is not', (t) => {
  const derive = (copy: TSchema) => deriveContracts(historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'Page', limit) }), { schemas: new Map(), places: new Map<string, TSchema>([['GET /a 200', Page], ['GET /b 200', copy]]) })
  t.throws(() => derive(Type.Pick(Page, ['limit'])), { code: 'FST_ERR_VINTAGE_MISFIT', message: /forgotten twin: `GET \/b 200` has `limit` with the same limits and default as well/ })
  t.doesNotThrow(() => derive(Type.Object({ limit: Type.Integer({ default: 50 }) })))
  t.doesNotThrow(() => derive(Type.Object({ limit: Type.Integer() })))
  t.end()
})
