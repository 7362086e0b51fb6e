import { Type, type TSchema } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { change } from '../../../src/versioning/change.js'
import { deriveContracts } from '../../../src/versioning/contracts.js'
import { historyOf } from '../../../src/versioning/history.js'
import { constrain } from '../../../src/versioning/operations/constrain.js'
import type { SchemaOperation } from '../../../src/versioning/operations/operation.js'
import { rename } from '../../../src/versioning/operations/rename.js'
import { ref } from '../../../src/versioning/ref.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const short = Type.String({ maxLength: 3 })
const User = Type.Object({ id: Type.Integer(), name: Type.String({ maxLength: 3, description: 'as printed' }) }, { $id: 'User' })
const shorter = constrain({ before: { name: Type.String() }, after: { name: short } })

test('the older schema has the older limits, and keeps what stands beside them', (t) => {
  const { older, downgrade } = tryOperation(shorter, 'User', [User])
  t.strictSame(older('User').properties, { id: { type: 'integer' }, name: { type: 'string', description: 'as printed' } })
  t.strictSame(downgrade('User', { id: 1, name: 'abc' }), { id: 1, name: 'abc' })
  const Preset = Type.Object({ size: Type.Integer({ default: 50, maximum: 90 }) }, { $id: 'Preset' })
  const after = { size: Type.Integer({ maximum: 90 }) }
  t.match(tryOperation(constrain({ before: { size: Type.Integer() }, after }), 'Preset', [Preset]).older('Preset'), { properties: { size: { default: 50 } } })
  t.strictSame(tryOperation(constrain({ before: { size: Type.Integer({ maximum: 9 }) }, after, relax: ({ size }) => ({ size: Math.min(size, 9) }) }), 'Preset', [Preset]).older('Preset').properties, { size: { type: 'integer', maximum: 9 } }, 'nor a default that it would refuse')
  t.end()
})

test('A19 a value that only the older limits allow is refused with 422 that names the field as the client does', (t) => {
  const { upgrade } = tryOperation(shorter, 'User', [User])
  t.strictSame(upgrade('User', { id: 1, name: 'abc' }), { id: 1, name: 'abc' })
  t.strictSame(upgrade('User', { id: 1, name: '🙂🙂🙂' }), { id: 1, name: '🙂🙂🙂' }, 'a sign counts once')
  t.throws(() => upgrade('User', { id: 1, name: 'abcd' }), {
    code: 'FST_ERR_VINTAGE_NO_LONGER_ALLOWED',
    statusCode: 422,
    message: '`name` must NOT have more than 3 characters since version 2001-01-01: send another value, or go on to that version and what it offers instead.'
  })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('named', 'User', rename({ label: 'title' })),
    '2002-01-01': change('shorter', 'User', constrain({ before: { title: Type.String() }, after: { title: short } })),
    '2003-01-01': change('renamed', 'User', rename({ title: 'name' }))
  })
  const contracts = deriveContracts(history, { schemas: new Map(), places: new Map([['POST /users body', User]]) })
  t.throws(() => contracts.shape('POST /users body', 0)?.upgrade({ id: 1, label: 'abcd' }), { message: /^`label` must NOT have more than 3 characters since version 2002-01-01/ })
  t.end()
})

test('`fit` makes an older value fit, `relax` a newer one', (t) => {
  const operation = constrain({
    before: { name: Type.String({ minLength: 2 }) },
    after: { name: short },
    fit: ({ name }) => ({ name: name.slice(0, 3) }),
    relax: ({ name }) => ({ name: name.padEnd(2, '.') })
  })
  const { upgrade, downgrade, lack } = tryOperation(operation, 'User', [User])
  t.strictSame(upgrade('User', { id: 1, name: 'abcdef' }), { id: 1, name: 'abc' })
  t.strictSame(downgrade('User', { id: 1, name: '' }), { id: 1, name: '..' })
  t.equal(lack('User', 'upgrade'), undefined)
  t.equal(lack('User', 'downgrade'), undefined)
  t.match(operation.lossy, { why: String })
  t.end()
})

test('what was optional and is required, or was required and is optional, gets its value from the functions', (t) => {
  const Strict = Type.Object({ nick: Type.String() }, { $id: 'Strict' })
  const Patch = variant('Patch', Strict, (strict) => Type.Partial(strict))
  const stricter = tryOperation(constrain({ before: { nick: Type.Optional(Type.String()) }, after: { nick: Type.String() }, fit: ({ nick = 'none' }) => ({ nick }) }), 'Strict', [Strict, Patch])
  t.notOk('required' in stricter.older('Strict'))
  t.strictSame(stricter.upgrade('Strict', {}), { nick: 'none' })
  t.strictSame(stricter.upgrade('Strict', { nick: 'a' }), { nick: 'a' })
  t.strictSame(stricter.upgrade('Patch', {}), {}, 'a patch does not set what it did not name')
  t.strictSame(stricter.downgrade('Strict', { nick: 'a' }), { nick: 'a' })

  const Loose = Type.Object({ nick: Type.Optional(Type.String()) }, { $id: 'Loose' })
  const Full = variant('Full', Loose, (loose) => Type.Required(loose))
  const looser = tryOperation(constrain({ before: { nick: Type.String() }, after: { nick: Type.Optional(Type.String()) }, relax: ({ nick = '' }) => ({ nick }) }), 'Loose', [Loose, Full])
  t.strictSame(looser.older('Loose').required, ['nick'])
  t.strictSame(looser.downgrade('Loose', {}), { nick: '' })
  t.strictSame(looser.upgrade('Loose', { nick: 'a' }), { nick: 'a' })
  t.strictSame(looser.downgrade('Full', { nick: 'a' }), { nick: 'a' })
  t.end()
})

test('null passes the functions where both sides admit it, and is a limit like others where one does not', (t) => {
  const Nullable = Type.Union([short, Type.Null()])
  const Note = Type.Object({ text: Nullable }, { $id: 'Note' })
  const { older, upgrade } = tryOperation(constrain({ before: { text: Type.Union([Type.String(), Type.Null()]) }, after: { text: Nullable }, fit: ({ text }) => ({ text: String(text).slice(0, 3) }) }), 'Note', [Note])
  t.match(older('Note'), { properties: { text: { anyOf: [{ type: 'string' }, { type: 'null' }] } } })
  t.strictSame(upgrade('Note', { text: null }), { text: null })
  t.strictSame(upgrade('Note', { text: 'abcd' }), { text: 'abc' })
  const narrowed = tryOperation(constrain({ before: { name: Type.Union([short, Type.Null()]) }, after: { name: short } }), 'User', [User])
  t.throws(() => narrowed.upgrade('User', { id: 1, name: null }), { code: 'FST_ERR_VINTAGE_NO_LONGER_ALLOWED', message: /^`name` must be string since/ })
  t.end()
})

test('fields of one change that have functions come together, without functions each is on its own', (t) => {
  const Range = Type.Object({ low: Type.Integer({ minimum: 0 }), high: Type.Integer({ minimum: 0 }) }, { $id: 'Range' })
  const Patch = variant('Patch', Range, (range) => Type.Partial(range))
  const fragments = { before: { low: Type.Integer(), high: Type.Integer() }, after: Range.properties }
  const together = tryOperation(constrain({ ...fragments, fit: ({ low, high }) => ({ low: Math.max(low, 0), high: Math.max(high, 0) }) }), 'Range', [Range, Patch])
  t.strictSame(together.upgrade('Patch', { low: -1, high: 2 }), { low: 0, high: 2 })
  t.throws(() => together.upgrade('Patch', { low: -1 }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`high` missing/ })
  const alone = tryOperation(constrain(fragments), 'Range', [Range, Patch])
  t.strictSame(alone.upgrade('Patch', { low: 1 }), { low: 1 })
  t.throws(() => alone.upgrade('Patch', { low: -1 }), { message: /^`low` must be >= 0 since/ })
  const relaxed = tryOperation(constrain({ before: { low: Type.Integer({ minimum: 5 }), high: Type.Integer({ minimum: 5 }) }, after: Range.properties, relax: ({ low, high }) => ({ low: low + 5, high: high + 5 }) }), 'Range', [Range, Patch])
  t.strictSame(relaxed.downgrade('Patch', { low: 1 }), {}, 'half of a patch is nothing for older clients')
  t.end()
})

test('a variant follows as far as it has the fields with the limits of head, in lists and unions as well', (t) => {
  const None = variant('None', User, (user) => Type.Pick(user, ['id']))
  const Own = variant('Own', User, () => Type.Object({ name: Type.String({ maxLength: 90 }) }))
  const List = variant('List', User, (user) => Type.Object({ name: Type.Array(user.properties.name) }))
  const Maybe = variant('Maybe', User, (user) => Type.Object({ name: Type.Union([user.properties.name, Type.Null()]) }))
  const One = variant('One', User, (user) => Type.Object({ name: Type.Unsafe({ oneOf: [user.properties.name, { type: 'integer' }] }) }))
  const Other = variant('Other', User, () => Type.Object({ name: Type.Union([Type.Integer(), Type.Null()]) }))
  const { older, upgrade } = tryOperation(shorter, 'User', [User, None, Own, List, Maybe, One, Other])
  t.strictSame(upgrade('None', { id: 1, name: 'abcdef' }), { id: 1, name: 'abcdef' })
  t.match(older('Own'), { properties: { name: { maxLength: 90 } } })
  t.strictSame(upgrade('Own', { name: 'abcdef' }), { name: 'abcdef' })
  t.match(older('List'), { properties: { name: { items: { type: 'string', maxLength: undefined } } } })
  t.throws(() => upgrade('List', { name: ['a', 'abcdef'] }), { message: /^`name` must NOT have more than 3 characters \(at 1\)/ })
  t.match(older('Maybe'), { properties: { name: { anyOf: [{ maxLength: undefined }, { type: 'null' }] } } })
  t.strictSame(upgrade('Maybe', { name: null }), { name: null })
  t.match(older('One'), { properties: { name: { oneOf: [{ maxLength: undefined }, { type: 'integer' }] } } })
  t.match(older('Other'), { properties: { name: { anyOf: [{ type: 'integer' }, { type: 'null' }] } } })
  t.end()
})

test('whether a variant requires the field is what `make` leaves of that, whatever its limits', (t) => {
  const Loose = Type.Object({ id: Type.Integer(), name: Type.Optional(short) }, { $id: 'Loose' })
  const own = Type.String({ maxLength: 90 })
  const Own = variant('Own', Loose, (loose) => Type.Object(Object.hasOwn(loose, 'required') && Object(loose.required).includes('name') ? { name: own } : { name: Type.Optional(own) }))
  const Bare = variant('Bare', Loose, (loose) => Type.Pick(loose, ['id']))
  const Both = Type.Intersect([Bare, Type.Object({ name: short })], { $id: 'Both' })
  const { older } = tryOperation(constrain({ before: { name: Type.String() }, after: { name: Type.Optional(short) }, relax: ({ name = '' }) => ({ name }) }), 'Loose', [Loose, Own, Bare, Both])
  t.match(older('Own'), { required: ['name'], properties: { name: { maxLength: 90 } } })
  t.match(older('Both'), { required: ['id', 'name'], properties: { name: { maxLength: undefined } } })
  t.end()
})

test('limits of a field that holds other schemas are left to head where they cannot be told here', (t) => {
  const Tag = Type.Object({ text: Type.String() }, { $id: 'Tag' })
  const Post = Type.Object({ tags: Type.Array(Tag, { maxItems: 1 }), day: Type.String({ format: 'date' }) }, { $id: 'Post' })
  const operation = constrain({ before: { tags: Type.Array(ref('Tag')), day: Type.String() }, after: { tags: Type.Array(ref('Tag'), { maxItems: 1 }), day: Type.String({ format: 'date' }) } })
  const { upgrade } = tryOperation(operation, 'Post', [Post, Tag])
  t.strictSame(upgrade('Post', { tags: [{ text: 'a' }], day: 'no day' }), { tags: [{ text: 'a' }], day: 'no day' }, 'formats are for the validator')
  t.throws(() => upgrade('Post', { tags: [{ text: 'a' }, { text: 'b' }], day: '' }), { message: /^`tags` must NOT have more than 1 items/ })
  t.equal(operation.mayRefuse, true)
  t.end()
})

test('A13 A16 what is missing in a direction that is used', (t) => {
  const lacks = (operation: SchemaOperation, schema: TSchema, direction: 'upgrade' | 'downgrade') => tryOperation(operation, String(schema.$id), [schema]).lack(String(schema.$id), direction)
  const Strict = Type.Object({ nick: Type.String() }, { $id: 'Strict' })
  const Loose = Type.Object({ nick: Type.Optional(Type.String()) }, { $id: 'Loose' })
  const stricter = constrain({ before: { nick: Type.Optional(Type.String()) }, after: { nick: Type.String() } })
  const looser = constrain({ before: { nick: Type.String() }, after: { nick: Type.Optional(Type.String()) } })
  t.equal(lacks(stricter, Strict, 'upgrade'), 'has no `fit`, and `nick` is required since, which older clients may leave out: give it a value in `fit`')
  t.equal(lacks(stricter, Strict, 'downgrade'), undefined)
  t.equal(lacks(looser, Loose, 'downgrade'), 'has no `relax`, and `nick` may be absent since, which older clients are promised: give it a value in `relax`')
  t.equal(lacks(looser, Loose, 'upgrade'), undefined)
  const Wide = Type.Object({ name: Type.String({ maxLength: 9 }) }, { $id: 'Wide' })
  t.equal(lacks(constrain({ before: { name: short }, after: { name: Type.String({ maxLength: 9 }) } }), Wide, 'downgrade'), 'has no `relax`, and `name` may hold more than older clients are promised (`maxLength`): make it fit them in `relax`')
  t.equal(lacks(shorter, User, 'downgrade'), undefined)
  const Preset = Type.Object({ nick: Type.Optional(Type.String({ default: 'x' })) }, { $id: 'Preset' })
  t.equal(lacks(looser, Preset, 'downgrade'), undefined, 'a serialiser writes the default')
  t.end()
})

function misfits (t: Test, operation: SchemaOperation, message: string, schema: TSchema = User): void {
  t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
}

test('A16 limits that do not fit', (t) => {
  misfits(t, constrain({ before: {}, after: {} }), 'constrains nothing: give fields in `before` and `after`')
  const aside = (name: string) => `has \`${name}\` on one side only: \`before\` and \`after\` are the same fields; use \`rename\`, \`add\`, \`remove\` or \`replace\` for others`
  misfits(t, constrain({ before: { name: Type.String(), nick: Type.String() }, after: { name: short } }), aside('nick'))
  misfits(t, constrain({ before: {}, after: { name: short } }), aside('name'))
  misfits(t, constrain({ before: { name: Type.Integer() }, after: { name: short } }), '`before.name` is of another type than `after.name`: use `replace` for a change of type')
  misfits(t, constrain({ before: { name: short }, after: { name: short } }), '`name` is the same on both sides: leave it out, or correct `before`')
  misfits(t, constrain({ before: { nick: Type.String() }, after: { nick: short } }), 'constrains `nick`, but there is no such field: correct `after`, or the schema; a variant has all of these fields or none')
  misfits(t, constrain({ before: { id: Type.String() }, after: { id: short } }), '`after.id` is of another type than the schema has at this version: correct the fragment, or write a change for the difference')
  misfits(t, constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 5 }) } }), '`after.name` has other limits than the schema has at this version ({"maxLength":3,"description":"as printed","type":"string"}): correct the fragment, or write a change for the difference')
  misfits(t, constrain({ before: { name: Type.String() }, after: { name: Type.Optional(short) } }), '`name` is required at this version, and `after.name` says otherwise: leave `Type.Optional` out, or correct the schema')
  misfits(t, shorter, '`name` is optional at this version, and `after.name` says otherwise: write it as `Type.Optional(…)`, or correct the schema', Type.Object({ name: Type.Optional(short) }, { $id: 'Loose' }))
  t.end()
})

test('A16 a variant that lacks one of the fields which the functions read', (t) => {
  const Both = Type.Object({ a: Type.Integer({ minimum: 0 }), b: Type.Integer({ minimum: 0 }) }, { $id: 'Both' })
  const One = variant('One', Both, (both) => Type.Pick(both, ['a']))
  const fragments = { before: { a: Type.Integer(), b: Type.Integer() }, after: Both.properties }
  t.throws(() => tryOperation(constrain({ ...fragments, fit: (fields) => fields }), 'Both', [Both, One]), { message: /`One`: constrains `b`, but there is no such field/ })
  t.strictSame(tryOperation(constrain(fragments), 'Both', [Both, One]).upgrade('One', { a: 1 }), { a: 1 })
  t.end()
})

test('A16 a copy that kept the new limits is a forgotten twin, a text of the same name is not', (t) => {
  const derive = (operation: SchemaOperation, copy: TSchema) => deriveContracts(historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'User', operation) }), { schemas: new Map(), places: new Map<string, TSchema>([['POST /a body', User], ['POST /b body', copy]]) })
  t.throws(() => derive(shorter, Type.Partial(User)), { code: 'FST_ERR_VINTAGE_MISFIT', message: /forgotten twin: `POST \/b body` has `name` with the same limits and default as well/ })
  t.doesNotThrow(() => derive(shorter, Type.Object({ name: Type.String() })))
  const Free = Type.Object({ name: Type.String() }, { $id: 'User' })
  const freed = historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'User', constrain({ before: { name: short }, after: { name: Type.String() } })) })
  t.doesNotThrow(() => deriveContracts(freed, { schemas: new Map(), places: new Map<string, TSchema>([['POST /a body', Free], ['POST /b body', Type.Object({ name: Type.String() })]]) }))
  t.end()
})
