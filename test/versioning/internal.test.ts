import { Kind, Type } from '@sinclair/typebox'
import t from 'tap'
import { concealerOf } from '../../src/versioning/conceal.js'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { allInternalNames, findExposing, holdsInternal, internal, isInternal, revealRestored } from '../../src/versioning/internal.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { withoutInternal } from '../../src/versioning/without-internal.js'

const none = () => undefined
const Secret = internal(Type.String())
const User = Type.Object({ id: Type.Integer(), secret: Secret })

t.test('A30 a schema is marked in a copy, with all that it says', async (t) => {
  const plain = Type.Optional(Type.String({ maxLength: 5 }))
  const marked = internal(plain)
  t.notOk(isInternal(plain))
  t.ok(isInternal(marked))
  t.match(marked, { maxLength: 5 })
  t.equal(marked[Kind], 'String')
  t.ok(isInternal(Type.Partial(User).properties.secret), 'TypeBox carries the mark on')
})

t.test('A30 internal fields are taken out wherever a schema can stand, the rest is shared', async (t) => {
  const bare = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
  const places: Array<[JsonSchema, unknown]> = [
    [User, bare],
    [Type.Array(User), { type: 'array', items: bare }],
    [Type.Tuple([User]), { items: [bare] }],
    [Type.Union([User, Type.Null()]), { anyOf: [bare, { type: 'null' }] }],
    [Type.Intersect([User]), bare],
    [Type.Record(Type.String(), User), { patternProperties: { '^(.*)$': bare } }],
    [{ type: 'object', additionalProperties: User }, { additionalProperties: bare }],
    [{ $defs: { User }, $ref: '#/$defs/User' }, { $defs: { User: bare }, $ref: '#/$defs/User' }],
    [{ allOf: [User, true] }, { allOf: [bare, true] }],
    [{ properties: { flag: true, user: User } }, { properties: { flag: true, user: bare } }]
  ]
  for (const [schema, wanted] of places) {
    t.match(withoutInternal(schema), wanted)
    t.notMatch(JSON.stringify(withoutInternal(schema)), /secret/)
    t.ok(holdsInternal(schema, none))
    t.same([...allInternalNames(schema, none)], ['secret'])
  }
  const open = Type.Object({ user: Type.Array(Type.Object({ id: Type.Integer() })), list: Type.Tuple([Type.String()]) }, { examples: [{ properties: { secret: Secret } }], default: { user: [], list: [''] } })
  t.equal(withoutInternal(open), open, 'the very same')
  t.equal(concealerOf(open, none) === null, false, 'what examples hold is looked at too: better once too often')
})

t.test('A30 values lose their internal fields by their schema, at every depth', async (t) => {
  const value = Object.freeze({ id: 1, secret: 'x' })
  const shown = { id: 1 }
  const conceal = (schema: JsonSchema, given: unknown, resolve: (ref: string) => JsonSchema | undefined = none) => concealerOf(schema, resolve)?.(given)
  t.same(conceal(User, value), shown)
  t.same(conceal(Type.Array(User), [value, null, 5]), [shown, null, 5])
  t.same(conceal(Type.Tuple([Type.String(), User]), ['a', value, 'more']), ['a', shown, 'more'])
  t.same(conceal({ prefixItems: [User], items: User }, [value, value]), [shown, shown])
  t.same(conceal(Type.Union([User, Type.String()]), value), shown)
  t.same(conceal({ allOf: [User, true] }, value), shown)
  t.same(conceal(Type.Record(Type.String(), User), { a: value }), { a: shown })
  t.same(conceal({ type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: User }, { n: 1, a: value }), { n: 1, a: shown })
  t.same(conceal({ $ref: 'User' }, value, (ref) => ref === 'User' ? User : undefined), shown)
  t.same(conceal(Type.Object({ user: User, id: Type.Integer() }), { user: value, id: 5 }), { user: shown, id: 5 })
  t.same(conceal(User, { toJSON: () => value }), shown)
  t.equal(conceal(User, { toJSON: () => 'text' }), 'text')
  t.same(conceal(Type.Array(User), value), value, 'what does not fit the schema is left alone')
  t.same(conceal(User, [value]), [value])
  t.equal(concealerOf(Type.Object({ id: Type.Integer() }), none), null)
  t.same(value, { id: 1, secret: 'x' }, 'not mutated')
})

t.test('A30 a field that an older version knows by another name is internal no more', async (t) => {
  const older = { type: 'object', properties: { id: { type: 'integer' }, name: { ...Secret }, secret: Secret } }
  const revealed = revealRestored(User, older)
  t.notOk(isInternal(Object(revealed.properties).name))
  t.ok(isInternal(Object(revealed.properties).secret))
  t.equal(revealRestored(User, User), User)
})

t.test('A30 objects that say what becomes of other keys are found', async (t) => {
  t.equal(findExposing(User), undefined)
  t.match(findExposing(Type.Array(Type.Object({ secret: Secret }, { additionalProperties: false }))), { additionalProperties: false })
  t.match(findExposing({ properties: { secret: Secret }, patternProperties: {} }), { patternProperties: {} })
})

t.test('A30 what an example refers to is not looked for', (t) => {
  const Vault = Type.Object({ id: Type.Integer(), plan: Type.String(), code: internal(Type.String()) }, { $id: 'Vault', examples: [{ $ref: 'https://example.org/vaults/1' }] })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('tariffs are plans', 'Vault', rename({ tariff: 'plan' })) })
  const { convert } = deriveContracts(history, { schemas: new Map([['Vault', Vault]]), places: new Map() })
  t.strictSame(convert('Vault', { id: 1, plan: 'gold', code: 'x' }, 1, 0), { id: 1, tariff: 'gold' })
  t.end()
})
