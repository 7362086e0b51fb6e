import { readFile } from 'node:fs/promises'
import { Type } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { add } from '../../src/versioning/operations/add.js'
import { endpointMoved } from '../../src/versioning/operations/endpoint-moved.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { ref } from '../../src/versioning/ref.js'
import { variant } from '../../src/versioning/variant.js'
import { misfitCases, misfitReference } from '../../scripts/misfit-reference.js'

const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
const User = Type.Object({ id: Type.Integer(), name: Type.String(), age: Type.Optional(Type.Integer()), status: Status }, { $id: 'User' })
const places: Record<string, JsonSchema> = { 'GET /users/:id 200': User, 'POST /users body': variant('NewUser', User, (user) => Type.Omit(user, ['id'])) }
const pass = (): never => { throw new Error('not called') }

/** Expects a history of these changes to be refused with exactly one message. */
function refuses (t: Test, message: string, changes: Change | Change[], more: Record<string, JsonSchema> = {}): void {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': changes })
  t.throws(() => deriveContracts(history, { schemas: new Map(), places: new Map(Object.entries({ ...places, ...more })) }), { code: 'FST_ERR_VINTAGE_MISFIT', message }, message)
}

const at = (description: string) => `versions['2001-01-01']: "${description}" (2001-01-01) does not fit: `

test('A16 targets that head does not have', (t) => {
  refuses(t, at('c') + 'there is no schema `Usr` at head: correct the `$id`, or give the schema of the route that `$id`.', change('c', 'Usr', rename({ a: 'name' })))
  refuses(t, at('c') + 'there is no place `GET /usrs 200`: no route of head has a schema there; correct the method, URL or part.', change('c', 'GET /usrs 200', rename({ a: 'name' })))
  refuses(t, at('c') + '`GET /users` is a route: name a place of it, such as `GET /users 200` or `GET /users body`.', change('c', 'GET /users', rename({ a: 'name' })))
  refuses(t, at('c') + 'head has two different schemas with the `$id` `Twice`: give one of them another `$id`.', change('c', 'Twice', rename({ a: 'name' })), {
    'GET /a 200': Type.Object({ name: Type.String() }, { $id: 'Twice' }),
    'GET /b 200': Type.Object({ name: Type.Integer() }, { $id: 'Twice' })
  })
  t.end()
})

test('A16 renames that do not fit', (t) => {
  refuses(t, at('c') + '`User`: renames `nam` to `nme`, but there is no field `nme`: correct the name, or the schema.', change('c', 'User', rename({ nam: 'nme' })))
  refuses(t, at('c') + '`User`: renames `id` to `name`, but the name `id` is taken: it is also there after the change.', change('c', 'User', rename({ id: 'name' })))
  refuses(t, at('c') + '`User`: renames nothing: give an old and a different new name.', change('c', 'User', rename({})))
  refuses(t, at('c') + '`User`: renames nothing: give an old and a different new name.', change('c', 'User', rename({ name: 'name' })))
  refuses(t, at('c') + '`User`: gives two fields the same new name: each new name can come from one field only.', change('c', 'User', rename({ a: 'name', b: 'name' })))
  t.end()
})

test('A16 replacements that do not fit', (t) => {
  const before = { nick: Type.String() }
  const functions = { upgrade: pass, downgrade: pass }
  refuses(t, at('c') + '`User`: replaces nothing or by nothing: `before` and `after` both need fields, otherwise use `add` or `remove`.', change('c', 'User', replace({ before: {}, after: { name: Type.String() }, ...functions })))
  refuses(t, at('c') + '`User`: replaces by `full`, but there is no such field: correct `after`, or the schema; a variant has all of these fields or none.', change('c', 'User', replace({ before, after: { name: Type.String(), full: Type.String() }, ...functions })))
  refuses(t, at('c') + '`NewUser`: replaces by `id`, but there is no such field: correct `after`, or the schema; a variant has all of these fields or none.', change('c', 'User', replace({ before, after: { name: Type.String(), id: Type.Integer() }, ...functions })))
  refuses(t, at('c') + '`User`: brings back `id`, but that name is taken: it is also there after the change.', change('c', 'User', replace({ before: { id: Type.String() }, after: { name: Type.String() }, ...functions })))
  refuses(t, at('c') + '`User`: `after.name` is of another type than the schema has at this version: correct the fragment, or write a change for the difference.', change('c', 'User', replace({ before, after: { name: Type.Integer() }, ...functions })))
  refuses(t, at('c') + 'a fragment holds the head schema `Status`, which would change with head: write `ref(\'Status\')`.', change('c', 'User', replace({ before: { old: Type.Array(Status) }, after: { name: Type.String() }, ...functions })))
  refuses(t, at('c') + 'a fragment refers to `Nobody`, which is no schema at this version: correct the `$id`.', change('c', 'User', replace({ before: { old: ref('Nobody') }, after: { name: Type.String() }, ...functions })))
  refuses(t, at('c') + '`__proto__` cannot be the name of a field.', change('c', 'User', replace({ before: Object.fromEntries([['__proto__', Type.String()]]), after: { name: Type.String() }, ...functions })))
  t.end()
})

test('A16 wrong types deep inside `after` are named by their path', (t) => {
  const Deep = Type.Object({ list: Type.Array(Type.Object({ a: Type.Union([Type.Integer(), Type.Null()]), b: Type.String() })) }, { $id: 'Deep' })
  const replaceBy = (items: JsonSchema) => change('c', 'Deep', replace({ before: { old: Type.String() }, after: { list: Type.Unsafe({ type: 'array', items }) }, upgrade: pass, downgrade: pass }))
  const problem = (path: string) => at('c') + `\`Deep\`: \`after.list[]${path}\` is of another type than the schema has at this version: correct the fragment, or write a change for the difference.`
  refuses(t, problem('.a'), replaceBy(Type.Object({ a: Type.String(), b: Type.String() })), { 'GET /d 200': Deep })
  refuses(t, problem('.b'), replaceBy(Type.Object({ a: Type.Integer() })), { 'GET /d 200': Deep })
  const Loose = Type.Unsafe({ $id: 'Deep', type: 'object', properties: { list: { properties: { a: { type: 'integer', nullable: true } } } } })
  refuses(t, at('c') + '`Deep`: `after.list.a` is of another type than the schema has at this version: correct the fragment, or write a change for the difference.', change('c', 'Deep', replace({ before: { old: Type.String() }, after: { list: Type.Object({ a: Type.String() }) }, upgrade: pass, downgrade: pass })), { 'GET /d 200': Loose })
  refuses(t, problem('.c'), replaceBy(Type.Object({ a: Type.Integer(), b: Type.Unsafe({}), c: Type.String() })), { 'GET /d 200': Deep })
  t.end()
})

test('A13 A16 a function or value that is missing in a direction that is used', (t) => {
  const fields = { before: { nick: Type.String() }, after: { name: Type.String() } }
  refuses(t, at('c') + 'it has no `downgrade` function; GET /users/:id 200 carries `User`.', change('c', 'User', replace({ ...fields, upgrade: pass })))
  refuses(t, at('c') + 'it has no `upgrade` function; POST /users body carries `NewUser`.', change('c', 'User', replace({ ...fields, downgrade: pass })))
  refuses(t, at('c') + 'it has no `value.name`, which head requires and older clients do not send; POST /users body carries `NewUser`.', change('c', 'User', add({ after: { name: Type.String() } })))
  const Tagged = Type.Object({ tag: Type.Optional(Type.String({ default: 'x' })) }, { $id: 'Tagged' })
  refuses(t, at('c') + 'it has no `value.tag`, and head has a default for it, which is not meant for older clients; POST /tagged body carries `Tagged`.', change('c', 'Tagged', add({ after: { tag: Type.Optional(Type.String()) } })), { 'POST /tagged body': Tagged })
  refuses(t, at('c') + 'it has no `value.fax`, which older clients are promised; GET /users/:id 200 carries `User`.', change('c', 'User', remove({ before: { fax: Type.String() } })))
  refuses(t, at('c') + 'it has no `write`: say which value an old `open` becomes when it is written; POST /users body carries `Status`.', change('c', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'] })))
  t.end()
})

test('A16 replacements that would leave a required field absent for a value that is valid', (t) => {
  const optional = { before: { nick: Type.Optional(Type.String()) }, after: { name: Type.String() }, upgrade: () => ({ name: '' }), downgrade: pass }
  refuses(t, at('c') + 'it may find none of `nick`, so that its `upgrade` is not called, but `name` is required: require one of the old fields, or make the new ones optional; POST /users body carries `NewUser`.', change('c', 'User', replace(optional)))
  const Half = Type.Object({ a: Type.Union([Type.String(), Type.Null()]), b: Type.String() }, { $id: 'Half' })
  const half = { before: { ab: Type.String() }, after: { a: Type.String(), b: Type.String() }, downgrade: pass }
  refuses(t, at('c') + 'it may find null in `a`, which `after.a` does not admit, and older clients are promised `ab`: let `after.a` admit null; GET /half 200 carries `Half`.', change('c', 'Half', replace(half)), { 'GET /half 200': Half })
  t.end()
})

test('A13 a schema that only responses carry needs no `upgrade`', (t) => {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'User', replace({ before: { nick: Type.String() }, after: { name: Type.String() }, downgrade: ({ name }) => ({ nick: name }) })) })
  const contracts = deriveContracts(history, { schemas: new Map(), places: new Map([['GET /users 200', Type.Array(User)]]) })
  t.strictSame(contracts.shape('GET /users 200', 0)?.downgrade([{ id: 1, name: 'a' }]), [{ id: 1, nick: 'a', age: undefined, status: undefined }])
  t.throws(() => contracts.convert('User', { id: 1, nick: 'a' }, 0, 1), { code: 'FST_ERR_VINTAGE_NO_WAY', message: 'values of `User` cannot be brought from version 2000-01-01 to version 2001-01-01: versions[\'2001-01-01\'] ("c", version 2001-01-01) has no `upgrade` function' })
  t.end()
})

test('A16 fields that are added or removed but not so in the schema', (t) => {
  refuses(t, at('c') + '`User`: adds nothing: give the new fields in `after`.', change('c', 'User', add({ after: {} })))
  refuses(t, at('c') + '`User`: adds `fax`, but there is no such field: correct `after`, or the schema.', change('c', 'User', add({ after: { fax: Type.String() } })))
  refuses(t, at('c') + '`User`: `after.name` is of another type than the schema has at this version: correct the fragment, or write a change for the difference.', change('c', 'User', add({ after: { name: Type.Integer() }, value: { name: 1 } })))
  refuses(t, at('c') + '`User`: removes nothing: give the fields that went in `before`.', change('c', 'User', remove({ before: {} })))
  refuses(t, at('c') + '`User`: removes `name`, but it is still there: take it out of the schema, or name the field that went.', change('c', 'User', remove({ before: { name: Type.String() } })))
  t.end()
})

test('A16 enum values that do not fit', (t) => {
  const split = (spec: Parameters<typeof splitEnum>[0], target = 'Status') => change('c', target, splitEnum(spec))
  refuses(t, at('c') + '`Status`: splits `open` into [paid]: give at least two different values, none of them the old one.', split({ value: 'open', into: ['paid'] }))
  refuses(t, at('c') + '`Status`: writes `open`, which is none of [pending, paid].', split({ value: 'open', into: ['pending', 'paid'], write: 'open' }))
  refuses(t, at('c') + '`Status`: needs [pending, done] among the values of the enum, and `open` not: correct the values, or name the `field` of an object.', split({ value: 'open', into: ['pending', 'done'] }))
  refuses(t, at('c') + '`User`: splits a value of `state`, but there is no such field: correct the name, or the schema.', split({ field: 'state', value: 'open', into: ['pending', 'paid'] }, 'User'))
  refuses(t, at('c') + '`User`: needs [pending, paid] among the values of `name`, and `open` not: correct the values, or the schema.', split({ field: 'name', value: 'open', into: ['pending', 'paid'] }, 'User'))
  const lack = (key: string) => at('c') + `it cannot filter by \`open\`, which stands for several values since: make the filter an array at head; GET /orders querystring carries \`${key}\`.`
  refuses(t, lack('Status'), split({ value: 'open', into: ['pending', 'paid'], write: 'paid' }), { 'GET /orders querystring': Type.Object({ status: Status }) })
  const query = { 'GET /orders querystring': Type.Object({ status: Type.Union([Type.Literal('pending'), Type.Literal('paid')]) }) }
  refuses(t, lack('GET /orders querystring'), split({ field: 'status', value: 'open', into: ['pending', 'paid'] }, 'GET /orders querystring'), query)
  t.end()
})

test('A16 limits and conditions that an older version cannot keep', (t) => {
  const room = (key: string) => at('c') + `it may find more values in a filter than its \`maxItems\` of 1 lets through, since \`open\` stands for several: raise \`maxItems\` to 2; GET /orders querystring carries \`${key}\`.`
  const split = { value: 'open', into: ['pending', 'paid'], write: 'paid' }
  const query = { 'GET /orders querystring': Type.Object({ status: Type.Array(Status, { maxItems: 1 }) }) }
  refuses(t, room('GET /orders querystring'), change('c', 'GET /orders querystring', splitEnum({ ...split, field: 'status' })), query)
  const mixed = { 'GET /orders querystring': Type.Object({ status: Type.Array(Type.Union([Status, Type.Boolean()]), { maxItems: 1 }) }) }
  refuses(t, room('GET /orders querystring'), change('c', 'GET /orders querystring', splitEnum({ ...split, field: 'status' })), mixed)
  refuses(t, room('Status'), change('c', 'Status', splitEnum(split)), { 'GET /orders querystring': Type.Object({ status: Type.Array(Status, { maxItems: 1 }) }) })
  const Either = Type.Object({ full: Type.Optional(Type.String()) }, { $id: 'Either', anyOf: [{ required: ['full'] }] })
  refuses(t, at('c') + '`Either`: replaces `full`, which a condition of the schema (`anyOf`, `if`, `dependentRequired`, …) names, and the old fields cannot take its place there: leave the condition to the handler.', change('c', 'Either', replace({ before: { old: Type.String() }, after: { full: Type.Optional(Type.String()) }, upgrade: pass, downgrade: pass })), { 'GET /either 200': Either })
  t.end()
})

test('A16 endpoints that cannot have moved so', (t) => {
  const moved = (to: string, move: Parameters<typeof endpointMoved>[0]) => change('c', to, endpointMoved(move))
  refuses(t, at('c') + '`User` is no route: write method and URL, such as `GET /users/:id`.', moved('User', { from: 'GET /u/:id' }))
  refuses(t, at('c') + '`/u/:id` is no route: write method and URL, such as `GET /users/:id`.', moved('GET /users/:id', { from: '/u/:id' }))
  refuses(t, at('c') + 'moves `GET /users/:id` to itself: give the route of the older version in `from`.', moved('GET /users/:id', { from: 'GET /users/:id' }))
  refuses(t, at('c') + 'the parameters of `GET /u` and `GET /users/:id` do not match: both need the same number of them; pair them with `params: { new: \'old\' }`.', moved('GET /users/:id', { from: 'GET /u' }))
  refuses(t, at('c') + 'the parameters of `GET /u/:a` and `GET /users/:id` do not match: both need the same number of them; pair them with `params: { new: \'old\' }`.', moved('GET /users/:id', { from: 'GET /u/:a', params: { id: 'b' } }))
  t.end()
})

test('A16 forgotten twins: Partial, Omit and inline copies that keep the changed fields', (t) => {
  const renamed = (except?: string[]) => change('c', 'User', rename({ title: 'name' }), except === undefined ? {} : { except })
  const twin = (where: string, key: string) => at('c') + `forgotten twin: ${where} has \`name\` as well, and the change does not reach it: make it with \`variant\`, give it an \`$id\` and name it as a target, or list \`${key}\` in the change's \`except\`.`
  refuses(t, twin('`PATCH /users/:id body`', 'PATCH /users/:id body'), renamed(), { 'PATCH /users/:id body': Type.Partial(User) })
  refuses(t, twin('`PUT /users/:id body`', 'PUT /users/:id body'), renamed(), { 'PUT /users/:id body': Type.Omit(User, ['id']) })
  refuses(t, twin('`Copy`', 'Copy'), renamed(), { 'GET /copy 200': Type.Array(Type.Object({ name: Type.String() }, { $id: 'Copy' })) })
  refuses(t, twin('`GET /copy 200` (at /properties/items)', 'GET /copy 200'), renamed(), { 'GET /copy 200': Type.Object({ data: Type.Array(Type.Object({ name: Type.String() })) }) })
  const fits = (changes: Change[], more: Record<string, JsonSchema>) => t.doesNotThrow(() => deriveContracts(historyOf({ '2000-01-01': [], '2001-01-01': changes }), { schemas: new Map(), places: new Map(Object.entries({ ...places, ...more })) }))
  fits([renamed(['Copy'])], { 'GET /copy 200': Type.Object({ name: Type.String() }, { $id: 'Copy' }) })
  fits([renamed()], { 'GET /copy 200': Type.Object({ name: Type.Integer() }, { $id: 'Copy' }), 'GET /users querystring': Type.Object({ name: Type.String() }) })
  fits([renamed(), change('d', 'Copy', rename({ header: 'name' }))], { 'GET /copy 200': Type.Object({ name: Type.String() }, { $id: 'Copy' }) })
  fits([change('d', 'GET /copy 200', rename({ header: 'name' }))], { 'GET /copy 200': Type.Object({ name: Type.String() }, { $id: 'Copy' }) })
  t.end()
})

test('A16 forgotten twins of one of several fields, and of the values of an enum', (t) => {
  const twin = (where: string, what: string) => at('c') + `forgotten twin: ${where} has ${what} as well, and the change does not reach it: make it with \`variant\`, give it an \`$id\` and name it as a target, or list \`GET /copy 200\` in the change's \`except\`.`
  const Pair = Type.Object({ created_at: Type.String(), updated_at: Type.String() }, { $id: 'Pair' })
  const Omitted = Type.Omit(Pair, ['created_at'])
  refuses(t, twin('`GET /copy 200`', '`updated_at`'), change('c', 'Pair', rename({ created: 'created_at', updated: 'updated_at' })), { 'GET /pair 200': Pair, 'GET /copy 200': Omitted })
  refuses(t, twin('`GET /copy 200`', '`updated_at`'), change('c', 'Pair', add({ after: { created_at: Type.String(), updated_at: Type.String() } })), { 'GET /pair 200': Pair, 'GET /copy 200': Omitted })
  const together = replace({ before: { period: Type.String() }, after: { created_at: Type.String(), updated_at: Type.String() }, downgrade: pass })
  t.doesNotThrow(() => deriveContracts(historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'Pair', together) }), { schemas: new Map(), places: new Map(Object.entries({ 'GET /pair 200': Pair, 'GET /copy 200': Omitted })) }))
  const values = '`pending`, `paid`'
  const split = { value: 'open', into: ['pending', 'paid'], write: 'paid' }
  const Copy = Type.Object({ state: Type.Union([Type.Literal('pending'), Type.Literal('paid'), Type.Literal('done')]) })
  refuses(t, twin('`GET /copy 200` (at /properties)', `the values ${values}`), change('c', 'Status', splitEnum(split)), { 'GET /copy 200': Copy })
  refuses(t, twin('`GET /copy 200`', `the values ${values}`), change('c', 'User', splitEnum({ ...split, field: 'status' })), { 'GET /copy 200': Type.Object({ status: Status }) })
  t.end()
})

test('A16 changed schemas where values cannot be followed', (t) => {
  const renamed = change('c', 'User', rename({ title: 'name' }))
  const Other = Type.Object({ id: Type.Integer() }, { $id: 'Other' })
  refuses(t, at('c') + 'a union at GET /either 200 holds a changed schema, and its object members cannot be told apart: give each of them a property with a literal of its own.', renamed, { 'GET /either 200': Type.Union([User, Other]) })
  const Twin = Type.Object({ kind: Type.Literal('same'), name: Type.Integer() }, { $id: 'Twin' })
  const Same = Type.Object({ kind: Type.Literal('same'), title: Type.String() }, { $id: 'Same' })
  refuses(t, at('c') + 'a union at GET /either 200 holds a changed schema, and its object members cannot be told apart: give each of them a property with a literal of its own.', change('c', 'Same', rename({ header: 'title' })), { 'GET /either 200': Type.Union([Twin, Same]) })
  refuses(t, at('c') + 'a schema at GET /not 200 holds a changed schema under `not`, where values cannot be converted: state it as properties, items or a union.', renamed, { 'GET /not 200': Type.Object({ x: Type.Unsafe({ not: User }) }) })
  refuses(t, at('c') + 'a schema at GET /all 200 holds a changed schema under `allOf`, where values cannot be converted: state it as properties, items or a union.', renamed, { 'GET /all 200': Type.Unsafe({ allOf: [User, { minProperties: 2 }] }) })
  const brings = { anyOf: [{ type: 'object', properties: { other: { type: 'string' } } }, { type: 'null' }] }
  const problem = (place: string, keyword: string) => `a schema at ${place} has properties beside its \`${keyword}\`, whose members bring others, and a change reaches it, where values cannot be converted: put the properties into each member.`
  refuses(t, at('c') + problem('GET /deep 200', 'anyOf'), renamed, { 'GET /deep 200': Type.Object({ deep: Type.Unsafe({ properties: { user: User }, ...brings }) }) })
  refuses(t, at('c') + problem('GET /top 200', 'oneOf'), change('c', 'Top', rename({ title: 'label' })), { 'GET /top 200': Type.Unsafe({ $id: 'Top', type: 'object', properties: { label: { type: 'string' } }, oneOf: brings.anyOf }) })
  const untouched = { 'GET /x 200': Type.Object({ user: User, deep: Type.Unsafe({ properties: { id: { type: 'string' } }, ...brings }) }) }
  t.doesNotThrow(() => deriveContracts(historyOf({ '2000-01-01': [], '2001-01-01': renamed }), { schemas: new Map(), places: new Map(Object.entries(untouched)) }), 'what no change reaches passes as it is')
  t.end()
})

test('A16 docs/reference/misfits.md is made by running into each misfit, and each stops the start with that one text', async (t) => {
  const page = await readFile(new URL('../../docs/reference/misfits.md', import.meta.url), 'utf8')
  t.equal(page, await misfitReference(), 'run: node --import ./scripts/typescript.mjs scripts/generate-misfit-reference.ts')
  t.ok([...misfitCases.values()].flat().length >= 25)
})
