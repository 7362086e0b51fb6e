import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { add } from '../../../src/versioning/operations/add.js'
import type { SchemaOperation } from '../../../src/versioning/operations/operation.js'
import { remove } from '../../../src/versioning/operations/remove.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const User = Type.Object({ id: Type.Integer(), locale: Type.String(), tags: Type.Array(Type.String()), nick: Type.Optional(Type.String()) }, { $id: 'User' })
const Patch = variant('Patch', User, (user) => Type.Partial(user))
const addition = add({ after: { locale: Type.String(), tags: Type.Array(Type.String()), nick: Type.Optional(Type.String()) }, value: { locale: 'en', tags: [] } })

test('added fields are not seen by older clients, and filled for them where head requires the field', (t) => {
  const { older, upgrade, downgrade } = tryOperation(addition, 'User', [User, Patch])
  t.strictSame(older('User').properties, { id: { type: 'integer' } })
  t.strictSame(upgrade('User', { id: 1, locale: 'smuggled' }), { id: 1, locale: 'en', tags: [] })
  t.strictSame(downgrade('User', { id: 1, locale: 'de', tags: ['a'] }), { id: 1 })
  t.strictSame(upgrade('Patch', { id: 1 }), { id: 1 }, 'a patch does not reset what it did not name')
  t.end()
})

test('a stated value is given for an optional field too, where the schema is named or has a default of its own', (t) => {
  const Note = Type.Object({ id: Type.Integer(), lang: Type.Optional(Type.String({ default: 'HEAD' })), tone: Type.Optional(Type.String()) }, { $id: 'Note' })
  const NotePatch = variant('NotePatch', Note, (note) => Type.Partial(note))
  const { upgrade } = tryOperation(add({ after: { lang: Type.Optional(Type.String()), tone: Type.Optional(Type.String()) }, value: { lang: 'OLD', tone: 'dry' } }), 'Note', [Note, NotePatch])
  t.strictSame(upgrade('Note', { id: 1, lang: 'smuggled' }), { id: 1, lang: 'OLD', tone: 'dry' })
  t.strictSame(upgrade('NotePatch', { id: 1 }), { id: 1, lang: 'OLD' }, 'the default of head would reset the field otherwise')
  t.end()
})

test('the value is given to each request anew', (t) => {
  const { upgrade } = tryOperation(addition, 'User', [User])
  t.not(Reflect.get(Object(upgrade('User', { id: 1 })), 'tags'), Reflect.get(Object(upgrade('User', { id: 1 })), 'tags'))
  t.end()
})

test('an added field is left alone where a variant does not have it', (t) => {
  const Bare = variant('Bare', User, (user) => Type.Pick(user, ['id']))
  const { upgrade } = tryOperation(addition, 'User', [User, Bare])
  t.strictSame(upgrade('Bare', { id: 1 }), { id: 1 })
  t.end()
})

const Slim = Type.Object({ id: Type.Integer(), kind: Type.Literal('slim'), list: Type.Array(Type.Integer()), any: Type.Union([Type.String(), Type.Null()]), both: Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]), whatever: Type.Unsafe({}), limits: Type.Unsafe({ allOf: [{ minLength: 1 }] }), self: Type.Optional(Type.Unsafe({ $ref: 'Slim' })) }, { $id: 'Slim' })
const removal = remove({ before: { fax: Type.Union([Type.String(), Type.Null()]), pager: Type.Optional(Type.String()) }, value: { fax: null } })

test('removed fields are dropped from requests and filled in responses', (t) => {
  const { older, upgrade, downgrade } = tryOperation(removal, 'Slim', [Slim])
  t.match(older('Slim').required, ['id', 'kind', 'list', 'any', 'both', 'whatever', 'limits', 'fax'])
  t.strictSame(upgrade('Slim', { id: 1, fax: '1', pager: '2', x: 3 }), { id: 1, x: 3 })
  t.strictSame(downgrade('Slim', { id: 1 }), { id: 1, fax: null })
  t.end()
})

test('`make` of a variant runs again to say whether the variant had the removed field', (t) => {
  const Partial = variant('Partial', Slim, (slim) => Type.Partial(slim))
  const Omitted = variant('Omitted', Slim, (slim) => Type.Omit(slim, ['kind']))
  const Picked = variant('Picked', Slim, (slim) => Type.Pick(slim, ['id']))
  const { older, downgrade } = tryOperation(removal, 'Slim', [Slim, Partial, Omitted, Picked])
  t.notOk('required' in older('Partial'))
  t.match(older('Partial').properties, { fax: {}, pager: {} })
  t.match(older('Omitted').required, ['id', 'list', 'any', 'both', 'whatever', 'limits', 'fax'])
  t.strictSame(older('Picked').properties, { id: { type: 'integer' } })
  t.strictSame(downgrade('Picked', { id: 1 }), { id: 1 })
  t.end()
})

test('an intersection has what its part had', (t) => {
  const Wide = Type.Intersect([Slim, Type.Object({ extra: Type.Integer() })], { $id: 'Wide' })
  const { older } = tryOperation(removal, 'Slim', [Slim, Wide])
  t.ok('fax' in Object(older('Wide').properties))
  t.end()
})

test('A16 `make` that fails on the older base is a misfit', (t) => {
  const Named = variant('Named', Slim, (slim) => {
    if ('fax' in slim.properties) throw new Error('no fax please')
    return Type.Partial(slim)
  })
  t.throws(() => tryOperation(removal, 'Slim', [Slim, Named]), { code: 'FST_ERR_VINTAGE_MISFIT', message: /`Named`: the function of the variant fails on the older base \(Error: no fax please\)/ })
  t.end()
})

test('A16 stated values that their fields do not admit, or that no field asks for', (t) => {
  const misfit = (operation: SchemaOperation, message: string) =>
    t.throws(() => tryOperation(operation, 'User', [User]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`User\`: ${message}.` })
  const stated: object = { locale: 'en', lang: 'en' }
  misfit(add({ after: { locale: Type.String() }, value: stated }), 'gives `value.lang`, which is no field of the change: correct `value`')
  misfit(add({ after: { locale: Type.String({ maxLength: 1 }) }, value: { locale: 'en' } }), 'gives "en" as `value.locale`, which must NOT have more than 1 characters: correct `value`')
  misfit(remove({ before: { fax: Type.String() }, value: { fax: Object(null) } }), 'gives {} as `value.fax`, which must be string: correct `value`')
  misfit(remove({ before: { fax: Type.String() }, value: stated }), 'gives `value.locale`, which is no field of the change: correct `value`')
  t.end()
})
