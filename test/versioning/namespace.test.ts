import { Type } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { deriveContracts, type Contracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { add } from '../../src/versioning/operations/add.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { schemaRemoved } from '../../src/versioning/operations/schema-removed.js'
import { schemaRenamed } from '../../src/versioning/operations/schema-renamed.js'
import { schemaSplit } from '../../src/versioning/operations/schema-split.js'
import { ref } from '../../src/versioning/ref.js'
import { variant } from '../../src/versioning/variant.js'

/** Contracts of versions V0, V1, … of the years 2000, 2001, …, of which each list is one. */
function contractsOf (versions: Change[][], places: Record<string, JsonSchema>, schemas: JsonSchema[] = []): Contracts {
  const record = Object.fromEntries(versions.map((changes, index) => [`${2000 + index}-01-01`, changes]))
  return deriveContracts(historyOf(record), { schemas: new Map(schemas.map((schema) => [String(schema.$id), schema])), places: new Map(Object.entries(places)) })
}

function refuses (t: Test, message: string, versions: Change[][], places: Record<string, JsonSchema>): void {
  t.throws(() => contractsOf(versions, places), { code: 'FST_ERR_VINTAGE_MISFIT', message }, message)
}

const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
const renamedUser = change('customers are users', 'User', schemaRenamed({ from: 'Customer' }))
const renamedCreated = (target: string) => change('created', target, rename({ created: 'created_at' }))

test('A15 a schema renamed at head: older files keep its older name, in targets, in fragments and off HTTP', (t) => {
  const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id']))
  const Order = Type.Object({ buyer_id: Type.Integer() }, { $id: 'Order' })
  const contracts = contractsOf([
    [],
    [renamedCreated('Customer')],
    [change('the buyer is named by id', 'Order', replace({
      before: { buyer: ref<{ id: number, created_at: string }>('Customer') },
      after: { buyer_id: Type.Integer() },
      downgrade: ({ buyer_id: id }) => ({ buyer: { id, created_at: 'then' } })
    }))],
    [renamedUser]
  ], { 'GET /users 200': Type.Array(User), 'POST /users body': NewUser, 'GET /orders 200': Order })
  t.strictSame(contracts.shape('GET /users 200', 0)?.downgrade([{ id: 1, created_at: 'now' }]), [{ id: 1, created: 'now' }])
  t.strictSame(contracts.shape('POST /users body', 0)?.upgrade({ created: 'now' }), { created_at: 'now' })
  t.strictSame(contracts.shape('GET /orders 200', 1)?.downgrade({ buyer_id: 7 }), { buyer: { id: 7, created_at: 'then' } })
  t.strictSame(contracts.shape('GET /orders 200', 0)?.downgrade({ buyer_id: 7 }), { buyer: { id: 7, created: 'then' } })
  t.strictSame(contracts.convert('Customer', { id: 1, created: 'now' }, 0, 3), { id: 1, created_at: 'now' })
  t.strictSame(contracts.convert('User', { id: 1, created_at: 'now' }, 3, 0), { id: 1, created: 'now' })
  t.strictSame(contracts.convert('GET /users 200', [{ id: 1, created_at: 'now' }], 3, 0), [{ id: 1, created: 'now' }], 'a place is named as at head')
  t.strictSame(contracts.convert('User', { id: 1, created: 'now' }, 0, 3), { id: 1, created_at: 'now' }, 'a name that only the other version has is taken as of that')
  t.end()
})

test('schemas of older versions have the names of those versions', (t) => {
  const contracts = contractsOf([[], [renamedCreated('Customer')], [], [renamedUser]], { 'GET /users 200': Type.Object({ data: Type.Array(User) }) })
  t.match(contracts.schema('Customer', 0), { $id: 'Customer@2000-01-01', properties: { created: {} } })
  t.match(contracts.schema('Customer', 2), { $id: 'Customer@2001-01-01', properties: { created_at: {} } })
  t.match(contracts.schema('User', 3), { $id: 'User@2003-01-01', properties: { created_at: {} } })
  t.equal(contracts.schema('User', 2), undefined)
  t.equal(contracts.schema('Customer', 3), undefined)
  t.equal(contracts.schema('Customer', 1), contracts.schema('Customer', 2))
  t.match(contracts.shape('GET /users 200', 0)?.schema, { $defs: { Customer: { properties: { created: {} } } } })
  t.match(contracts.schema('GET /users 200', 3), { $id: 'GET%20%2Fusers%20200@2003-01-01', $defs: { User: {} } })
  t.match(contracts.schema('GET /users 200', 2), { $id: 'GET%20%2Fusers%20200@2001-01-01', $defs: { Customer: {} } })
  t.end()
})

test('names can be renamed again and again, swapped, and given to another schema', (t) => {
  const C = Type.Object({ a: Type.String() }, { $id: 'C' })
  const B = Type.Object({ b: Type.String() }, { $id: 'B' })
  const renamed = (to: string, from: string) => change(`${from} is ${to}`, to, schemaRenamed({ from }))
  const contracts = contractsOf([
    [],
    [change('old', 'B', rename({ old: 'a' }))],
    [renamed('A', 'B'), renamed('B', 'A')],
    [renamed('C', 'A')],
    [change('older', 'B', rename({ older: 'b' }))]
  ], { 'GET /c 200': C, 'GET /b 200': B })
  t.strictSame(contracts.convert('B', { old: 1 }, 0, 4), { a: 1 }, 'what is C at head was A before, and B before that')
  t.strictSame(contracts.convert('B', { older: 1 }, 3, 4), { b: 1 })
  t.strictSame(contracts.convert('A', { older: 1 }, 0, 4), { b: 1 })
  t.strictSame(contracts.convert('C', { a: 1 }, 4, 0), { old: 1 })
  t.end()
})

const Level = Type.Union([Type.Literal('low'), Type.Literal('high')])
const Person = Type.Object({ id: Type.Integer(), name: Type.String() }, { $id: 'Person' })
const Admin = Type.Object({ id: Type.Integer(), name: Type.String(), level: Level }, { $id: 'Admin' })
const split = change('administrators are no people', ['Person', 'Admin'], schemaSplit({ from: 'Person' }))
const leveled = change('administrators have a level', 'Admin', add({ after: { level: Level }, value: { level: 'low' } }))

test('A15 a schema split at head: changes of older files reach both parts, which were one before', (t) => {
  const Team = Type.Object({ boss_id: Type.Integer() }, { $id: 'Team' })
  const contracts = contractsOf([
    [],
    [change('full names', 'Person', rename({ full: 'name' }))],
    [change('the boss is named by id', 'Team', replace({ before: { boss: ref<{ id: number, name: string }>('Person') }, after: { boss_id: Type.Integer() }, downgrade: ({ boss_id: id }) => ({ boss: { id, name: 'B' } }) }))],
    [split, leveled]
  ], { 'GET /people 200': Type.Array(Person), 'GET /admins 200': Type.Array(Admin), 'POST /admins body': Admin, 'GET /team 200': Team })
  t.strictSame(contracts.shape('GET /people 200', 0)?.downgrade([{ id: 1, name: 'A' }]), [{ id: 1, full: 'A' }])
  t.strictSame(contracts.shape('GET /admins 200', 0)?.downgrade([{ id: 1, name: 'A', level: 'low' }]), [{ id: 1, full: 'A' }])
  t.strictSame(contracts.shape('POST /admins body', 0)?.upgrade({ id: 1, full: 'A' }), { id: 1, name: 'A', level: 'low' })
  t.strictSame(contracts.shape('GET /team 200', 0)?.downgrade({ boss_id: 1 }), { boss: { id: 1, full: 'B' } })
  t.match(contracts.shape('GET /admins 200', 0)?.schema, { items: { $ref: '#/$defs/Person' } })
  t.match(contracts.shape('POST /admins body', 0)?.schema, { $id: 'Person@2000-01-01' })
  t.strictSame(contracts.convert('Person', { id: 1, full: 'A' }, 0, 2), { id: 1, name: 'A' })
  t.throws(() => contracts.convert('Person', { id: 1, full: 'A' }, 0, 3), { code: 'FST_ERR_VINTAGE_AMBIGUOUS_SCHEMA', message: 'the schema `Person` of 2000-01-01 has been split since: name the one that is meant, `Person`, `Admin`' })
  t.strictSame(contracts.convert('Admin', { id: 1, full: 'A' }, 0, 3), { id: 1, name: 'A', level: 'low' })
  t.strictSame(contracts.convert('Admin', { id: 1, name: 'A', level: 'high' }, 3, 0), { id: 1, full: 'A' })
  t.end()
})

test('A15 a schema removed at head: fragments of older files refer to it, and changes of older files apply to it', (t) => {
  const Contact = Type.Object({ id: Type.Integer() }, { $id: 'Contact' })
  const seen: unknown[] = []
  const contracts = contractsOf([
    [],
    [change('digits', 'Fax', rename({ number: 'digits' })), change('the line', 'Fax', rename({ line: 'via' }))],
    [
      change('a fax of a contact', 'Contact', remove({ before: { fax: ref<{ digits: string }>('Fax') }, value: { fax: { digits: '0' } } })),
      change('faxes are gone', 'Fax', schemaRemoved({ schema: Type.Object({ digits: Type.String(), via: Type.Optional(ref('Line')), other: Type.Optional(ref('Fax')) }, { $id: 'Fax' }) })),
      change('lines are gone', 'Line', schemaRemoved({ schema: Type.Object({ no: Type.Integer() }) }))
    ],
    []
  ], { 'GET /contacts 200': Type.Array(Contact), 'POST /contacts body': Contact })
  t.strictSame(contracts.shape('GET /contacts 200', 1)?.downgrade([{ id: 1 }]), [{ id: 1, fax: { digits: '0' } }])
  t.strictSame(JSON.parse(JSON.stringify(contracts.shape('GET /contacts 200', 0)?.downgrade([{ id: 1 }]))), [{ id: 1, fax: { number: '0' } }], 'V0 sees it in its V0 shape')
  t.strictSame(contracts.shape('POST /contacts body', 0)?.upgrade({ id: 1, fax: { number: '1' } }), { id: 1 })
  t.match(contracts.shape('POST /contacts body', 0)?.schema, { $defs: { Fax: { properties: { number: {}, other: { $ref: '#/$defs/Fax' }, line: { $ref: '#/$defs/Line' } } }, Line: {} } })
  t.strictSame(contracts.convert('Fax', { number: '1', line: { no: 1 }, other: { number: '2' } }, 0, 1), { digits: '1', via: { no: 1 }, other: { digits: '2' } })
  t.throws(() => contracts.convert('Fax', { number: '1' }, 0, 3), { code: 'FST_ERR_VINTAGE_UNKNOWN_SCHEMA', message: /^there is no schema `Fax` in version 2003-01-01, .*known are `Contact`, `Fax`, `Line`$/ })
  t.throws(() => contracts.convert('Fax', { number: '1' }, 3, 0), { code: 'FST_ERR_VINTAGE_UNKNOWN_SCHEMA', message: /^there is no schema `Fax` in version 2003-01-01, .*known are `Contact`$/ })
  t.equal(contracts.schema('Fax', 2), undefined)
  t.match(contracts.schema('Fax', 1), { $id: 'Fax@2001-01-01' })
  t.strictSame(seen, [])
  t.end()
})

test('A15 a name may come again after the schema that had it was removed', (t) => {
  const Note = Type.Object({ text: Type.String() }, { $id: 'Note' })
  const contracts = contractsOf([
    [],
    [change('c', 'Note', rename({ words: 'content' }))],
    [change('notes are gone', 'Note', schemaRemoved({ schema: Type.Object({ content: Type.String() }) }))],
    [change('memos are called notes', 'Note', schemaRenamed({ from: 'Memo' })), change('d', 'Note', rename({ body: 'text' }))]
  ], { 'GET /notes 200': Note })
  t.strictSame(contracts.convert('Note', { words: 'a' }, 0, 1), { content: 'a' })
  t.strictSame(contracts.convert('Memo', { body: 'a' }, 0, 3), { text: 'a' })
  t.match(contracts.schema('Note', 1), { $id: 'Note@2001-01-01', properties: { content: {} } })
  t.end()
})

test('A15 a field removed in V2 whose type had its own change in V1 is seen by V0 in its V0 shape', (t) => {
  const Money = Type.Object({ minor: Type.Integer() }, { $id: 'Money' })
  const Order = Type.Object({ id: Type.Integer(), total: Money }, { $id: 'Order' })
  const contracts = contractsOf([
    [],
    [change('minor', 'Money', rename({ cents: 'minor' }))],
    [change('no tips', 'Order', remove({ before: { tip: ref<{ minor: number }>('Money') }, value: { tip: { minor: 0 } } }))]
  ], { 'GET /order 200': Order, 'POST /order body': Order })
  t.strictSame(contracts.shape('GET /order 200', 1)?.downgrade({ id: 1, total: { minor: 5 } }), { id: 1, total: { minor: 5 }, tip: { minor: 0 } })
  t.strictSame(contracts.shape('GET /order 200', 0)?.downgrade({ id: 1, total: { minor: 5 } }), { id: 1, total: { cents: 5 }, tip: { cents: 0 } })
  t.strictSame(contracts.shape('POST /order body', 0)?.upgrade({ id: 1, total: { cents: 5 }, tip: { cents: 1 } }), { id: 1, total: { minor: 5 } })
  t.end()
})

const at = (index: number, description: string, version = 1) => `versions['${2000 + version}-01-01'][${index}]: "${description}" (${2000 + version}-01-01) does not fit: `
const only = (description: string, version = 1) => at(0, description, version).replace('[0]', '')

test('A16 names that do not fit', (t) => {
  const places = { 'GET /users 200': User, 'GET /people 200': Person, 'GET /admins 200': Admin }
  const renamed = (from: string, to: string | string[] = 'User') => change('c', to, schemaRenamed({ from }))
  refuses(t, only('c') + 'makes `User` of `Person`, but the name `Person` is taken: another schema has it before the change as well.', [[], [renamed('Person')]], places)
  refuses(t, only('c') + 'there is no schema `Usr` at this version: correct the `$id`, or give the schema of the route that `$id`.', [[], [renamed('Customer', 'Usr')]], places)
  refuses(t, only('c') + 'renames `User` to itself: give the `$id` of the older versions in `from`.', [[], [renamed('User')]], places)
  refuses(t, only('c') + 'renames `Customer` to 2 schemas: name one target, or use `schemaSplit`.', [[], [renamed('Customer', ['User', 'Admin'])]], places)
  refuses(t, only('c') + 'splits `Customer` into one schema: name at least two targets, or use `schemaRenamed`.', [[], [change('c', 'User', schemaSplit({ from: 'Customer' }))]], places)
  refuses(t, at(1, 'c') + '`User` is the target of two changes of its name: leave one of them out.', [[], [renamed('Customer'), renamed('Client')]], places)
  refuses(t, only('administrators are no people') + '`Person` and `Admin` were `Person` before, but differ there in `level`: describe their differences by changes of the same version.', [[], [split]], places)
  const Code = Type.String({ $id: 'Code' })
  refuses(t, only('c') + '`User` and `Code` were `Thing` before, but differ there: describe their differences by changes of the same version.', [[], [change('c', ['User', 'Code'], schemaSplit({ from: 'Thing' }))]], { ...places, 'GET /code 200': Code })
  refuses(t, only('c') + 'removes the schema `User`, but it is still there: take it out of the app, or leave this change out.', [[], [change('c', 'User', schemaRemoved({ schema: Type.Object({}) }))]], places)
  refuses(t, only('c') + 'removes one schema: name one target, its `$id` in the older versions.', [[], [change('c', 'GET /users 200', schemaRemoved({ schema: Type.Object({}) }))]], places)
  refuses(t, only('c') + 'a fragment refers to `Nobody`, which is no schema at this version: correct the `$id`.', [[], [change('c', 'Fax', schemaRemoved({ schema: Type.Object({ x: ref('Nobody') }) }))]], places)
  t.end()
})

test('A16 names of another version than that of the file', (t) => {
  const places = { 'GET /users 200': User }
  refuses(t, only('created') + 'the schema `User` of 2002-01-01 is called `Customer` in this version: write `Customer`.', [[], [renamedCreated('User')], [renamedUser]], places)
  refuses(t, only('created', 2) + 'the schema `Customer` of 2000-01-01 is called `User` in this version: write `User`.', [[], [renamedUser], [renamedCreated('Customer')]], places)
  refuses(t, only('created', 2) + 'this version has no schema `Fax`, only 2000-01-01 has: leave the change out, or move it to an older version.', [[], [change('gone', 'Fax', schemaRemoved({ schema: Type.Object({}) }))], [renamedCreated('Fax')]], places)
  t.end()
})

test('A16 misfits, and exceptions, speak of schemas as their version does', (t) => {
  const Copy = Type.Object({ created_at: Type.String() }, { $id: 'Copy' })
  const places = { 'GET /users 200': User, 'GET /copies 200': Copy }
  const copied = change('copies', 'Copy', schemaRenamed({ from: 'Duplicate' }))
  refuses(t, only('c') + '`Customer`: renames `a` to `b`, but there is no field `b`: correct the name, or the schema.', [[], [change('c', 'Customer', rename({ a: 'b' }))], [renamedUser]], places)
  refuses(t, only('created') + 'forgotten twin: `Duplicate` has `created_at` as well, and the change does not reach it: make it with `variant`, give it an `$id` and name it as a target, or list `Duplicate` in the change\'s `except`.', [[], [renamedCreated('Customer')], [renamedUser, copied]], places)
  t.doesNotThrow(() => contractsOf([[], [change('created', 'Customer', rename({ created: 'created_at' }), { except: ['Duplicate'] })], [renamedUser, copied]], places))
  t.end()
})
