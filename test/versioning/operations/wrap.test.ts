import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { variant } from '../../../src/versioning/variant.js'
import { wrap } from '../../../src/versioning/operations/wrap.js'
import { tryOperation } from '../convert.js'

const text = Type.String({ maxLength: 50 })
const User = Type.Object({ id: Type.Integer(), emails: Type.Array(text), ok: Type.Boolean() }, { $id: 'User' })

test('a value is a list of one, a list its first value, and an empty list is nothing', (t) => {
  const { older, upgrade, downgrade } = tryOperation(wrap({ fields: { email: 'emails' } }), 'User', [User])
  t.strictSame(older('User'), { $id: 'User@2000-01-01', type: 'object', required: ['id', 'ok'], properties: { id: { type: 'integer' }, email: { type: 'string', maxLength: 50 }, ok: { type: 'boolean' } } })
  t.strictSame(upgrade('User', { id: 1, email: 'a', ok: true }), { id: 1, emails: ['a'], ok: true })
  t.strictSame(upgrade('User', { id: 1, ok: true, emails: ['smuggled'] }), { id: 1, emails: [], ok: true })
  t.strictSame(downgrade('User', { id: 1, emails: ['a', 'b'], ok: true }), { id: 1, email: 'a', ok: true })
  t.strictSame(downgrade('User', { id: 1, emails: [], ok: true }), { id: 1, ok: true })
  t.strictSame(downgrade('User', { id: 1, ok: true }), { id: 1, ok: true })
  t.strictSame(downgrade('User', { id: 1, emails: 'no list', ok: true }), { id: 1, email: 'no list', ok: true })
  t.end()
})

test('an empty list is the declared value, both ways, and the field is required then', (t) => {
  for (const [empty, schema] of [[null, { type: ['string', 'null'], maxLength: 50 }], ['none', { type: 'string', maxLength: 50 }]] as const) {
    const { older, upgrade, downgrade } = tryOperation(wrap({ fields: { emails: 'emails' }, empty: { emails: empty } }), 'User', [User])
    t.match(older('User'), { required: ['id', 'emails', 'ok'], properties: { emails: schema } })
    t.strictSame(upgrade('User', { id: 1, emails: empty, ok: true }), { id: 1, emails: [], ok: true })
    t.strictSame(upgrade('User', { id: 1, emails: 'a', ok: true }), { id: 1, emails: ['a'], ok: true })
    t.strictSame(downgrade('User', { id: 1, emails: [], ok: true }), { id: 1, emails: empty, ok: true })
  }
  const Sizes = Type.Object({ sizes: Type.Array(Type.Integer()) }, { $id: 'Sizes' })
  t.strictSame(tryOperation(wrap({ fields: { size: 'sizes' }, empty: { size: 0 } }), 'Sizes', [Sizes]).downgrade('Sizes', { sizes: [] }), { size: 0 })
  t.end()
})

test('a list that is never empty is a required value', (t) => {
  const Full = Type.Object({ emails: Type.Array(text, { minItems: 1 }) }, { $id: 'Full' })
  const Any = Type.Object({ emails: Type.Array(text, { minItems: 0 }) }, { $id: 'Any' })
  t.strictSame(tryOperation(wrap({ fields: { email: 'emails' } }), 'Full', [Full]).older('Full').required, ['email'])
  t.notOk('required' in tryOperation(wrap({ fields: { email: 'emails' } }), 'Any', [Any]).older('Any'))
  t.end()
})

test('a patch that leaves the value out leaves the list alone, and a variant without the list is left alone', (t) => {
  const Patch = variant('Patch', User, (user) => Type.Partial(user))
  const None = variant('None', User, (user) => Type.Pick(user, ['id']))
  const { upgrade, downgrade } = tryOperation(wrap({ fields: { email: 'emails' }, empty: { email: null } }), 'User', [User, Patch, None])
  t.strictSame(upgrade('Patch', { id: 1 }), { id: 1 })
  t.strictSame(upgrade('Patch', { email: null }), { emails: [] })
  t.strictSame(downgrade('Patch', {}), {})
  t.strictSame(upgrade('None', { id: 1, email: 'x' }), { id: 1, email: 'x' })
  t.end()
})

test('a list that may be null is null, in every way to write that', (t) => {
  const forms: TSchema[] = [Type.Union([Type.Array(text), Type.Null()]), Type.Unsafe({ type: ['array', 'null'], items: text }), Type.Unsafe({ type: 'array', nullable: true, items: text })]
  for (const emails of forms) {
    const Null = Type.Object({ emails: Type.Optional(emails) }, { $id: 'Null' })
    const { older, upgrade, downgrade } = tryOperation(wrap({ fields: { email: 'emails' } }), 'Null', [Null])
    t.match(older('Null'), { properties: { email: { type: ['string', 'null'] } } })
    t.strictSame(upgrade('Null', { email: null }), { emails: null })
    t.strictSame(downgrade('Null', { emails: null }), { email: null })
    t.strictSame(downgrade('Null', { emails: ['a'] }), { email: 'a' })
  }
  const Items = Type.Object({ emails: Type.Array(Type.Union([text, Type.Null()])) }, { $id: 'Items' })
  t.strictSame(tryOperation(wrap({ fields: { email: 'emails' } }), 'Items', [Items]).upgrade('Items', { email: null }), { emails: [null] })
  t.end()
})

test('what stands in the list may be a schema that changes, and a list without items holds anything', (t) => {
  const Email = Type.Object({ at: Type.String() }, { $id: 'Email' })
  const Emails = Type.Array(Email, { $id: 'Emails' })
  const Person = Type.Object({ emails: Emails, things: Type.Unsafe({ type: 'array' }) }, { $id: 'Person' })
  const Half = variant('Half', Person, (person) => Type.Pick(person, ['things']))
  const { older, upgrade, downgrade } = tryOperation(wrap({ fields: { email: 'emails', thing: 'things' } }), 'Person', [Person, Email, Emails, Half])
  t.strictSame(upgrade('Half', { thing: 1 }), { things: [1] })
  t.match(older('Person'), { properties: { email: { $ref: '#/$defs/Email' }, thing: {} } })
  t.strictSame(upgrade('Person', { email: { at: 'x' }, thing: [1] }), { emails: [{ at: 'x' }], things: [[1]] })
  t.strictSame(downgrade('Person', { emails: [{ at: 'x' }, { at: 'y' }], things: [] }), { email: { at: 'x' } })
  t.end()
})

test('A23 in a filter one value is a list of one', (t) => {
  const Query = Type.Object({ statuses: Type.Optional(Type.Array(Type.String())) }, { $id: 'Query' })
  const { upgrade } = tryOperation(wrap({ fields: { status: 'statuses' } }), 'Query', [Query])
  t.strictSame(upgrade('Query', { status: 'open' }, 'filter'), { statuses: ['open'] })
  t.strictSame(upgrade('Query', {}, 'filter'), {})
  t.end()
})

test('A16 what cannot be wrapped', (t) => {
  const misfit = (operation: ReturnType<typeof wrap>, message: string, schema: TSchema = User) =>
    t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
  misfit(wrap({ fields: {} }), 'wraps nothing: give the older and the newer field in `fields`')
  misfit(wrap({ fields: { a: 'emails', b: 'emails' } }), 'wraps two fields in `emails`: each list comes from one field')
  misfit(wrap({ fields: { email: 'mails' } }), 'wraps `email` in `mails`, but there is no such field: correct `fields`, or the schema')
  misfit(wrap({ fields: { ok: 'emails' } }), 'brings back `ok`, but that name is taken: it is also there after the change')
  misfit(wrap({ fields: { fine: 'ok' } }), 'wraps `fine` in `ok`, which is no list: correct `fields`, or the schema')
  misfit(wrap({ fields: { email: 'emails' }, empty: { mail: '' } }), 'gives `empty.mail`, but wraps no such field: correct `empty`')
  misfit(wrap({ fields: { email: 'emails' }, empty: { email: 0 } }), '`empty.email` is number, but `emails` holds string: correct `empty`')
  misfit(wrap({ fields: { email: 'emails' } }), 'wraps in `emails`, which a condition of the schema (`anyOf`, `if`, `dependentRequired`, …) names, and one value cannot take its place there: leave the condition to the handler',
    Type.Object({ ...User.properties }, { $id: 'Named', not: { required: ['emails'] } }))
  for (const emails of [Type.Tuple([text, text]), Type.Union([Type.Array(text), text]), Type.Unsafe({ type: ['array', 'string'], items: text })]) {
    misfit(wrap({ fields: { email: 'emails' } }), 'wraps `email` in `emails`, which is no list: correct `fields`, or the schema', Type.Object({ emails }, { $id: 'Odd' }))
  }
  t.equal(tryOperation(wrap({ fields: { email: 'emails' } }), 'User', [User]).lack('User', 'downgrade'), undefined)
  t.end()
})
