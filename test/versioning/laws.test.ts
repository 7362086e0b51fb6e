import { Type, type Static } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { laws } from '../../src/testing.js'
import { change, type Change } from '../../src/versioning/change.js'
import { historyOf } from '../../src/versioning/history.js'
import { add } from '../../src/versioning/operations/add.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { ref } from '../../src/versioning/ref.js'
import { variant } from '../../src/versioning/variant.js'
import { brokenChanges, forgottenTwin } from './broken-changes.js'
import { head, history as shop } from './shop.js'

const brokenBy = async (one: Change, runs = 200) => (await laws({ '2000-01-01': [], '2001-01-01': one }, { runs, seed: 7 })).map(({ law }) => law)
const fields = { before: { text: Type.String() }, after: { note: Type.String() } }

async function breaks (t: Test, wanted: string[], operation: Change['operation']): Promise<void> {
  t.strictSame(await brokenBy(change('c', 'A', operation)), wanted)
}

test('the changes of the shop keep all laws', async (t) => {
  t.strictSame(await laws(shop, { runs: 100 }), [])
  const found = await laws(shop, { runs: 60, places: Object.fromEntries(head.places) })
  t.match(found.map(({ schema, law, problem }) => [schema, law, problem]), [
    ['Order', 'totality (downgrade)', /"amount":"-/],
    ['NewOrder', 'totality (downgrade)', /"amount":"-/]
  ], 'but head lets totals pass that are less than nothing')
})

test('a violation names version, file, change, law and the smallest value', async (t) => {
  const lossy = replace({ before: { text: Type.String() }, after: { length: Type.Integer({ minimum: 0 }) }, upgrade: ({ text }) => ({ length: text.length }), downgrade: ({ length }) => ({ text: 'x'.repeat(Math.min(length, 1000)) }) })
  const [violation] = await laws(historyOf({ '2000-01-01': [], '2001-01-01': change('counts', 'A', lossy) }), { seed: 1 })
  t.match(violation, {
    version: '2001-01-01',
    file: 'versions[\'2001-01-01\']',
    change: 'counts',
    law: 'PutGet',
    value: { text: String },
    problem: /downgrade\(upgrade\(x\)\) = x does not hold, it gives .* declare `lossy: \{ why \}`/
  })
})

test('operations that need no functions keep all laws', async (t) => {
  await breaks(t, [], rename({ a: 'b', b: 'a' }))
  await breaks(t, [], add({ after: { a: Type.String(), b: Type.Optional(Type.Integer()) }, value: { a: '' } }))
  await breaks(t, [], remove({ before: { a: Type.Union([Type.Null(), Type.String()]) }, value: { a: null } }))
  await breaks(t, [], splitEnum({ value: 'a', into: ['b', 'c'], write: 'b' }))
  await breaks(t, [], splitEnum({ value: 'a', into: ['b', 'c'], read: ['b', 'c', 'd'], write: 'd' }))
  await breaks(t, [], splitEnum({ field: 'x', value: 'a', into: ['b', 'c'] }))
})

test('PutGet: what an old client wrote is what it reads again, unless the loss is declared', async (t) => {
  const trimmed = { ...fields, upgrade: ({ text }: { text: string }) => ({ note: text.trim() }), downgrade: ({ note }: { note: string }) => ({ text: note }) }
  await breaks(t, ['PutGet', 'GetPut'], replace(trimmed))
  await breaks(t, [], replace({ ...trimmed, lossy: { why: 'spaces' } }))
})

test('a loss that is declared but none is a violation', async (t) => {
  await breaks(t, ['lossy'], replace({ ...fields, upgrade: ({ text }) => ({ note: text }), downgrade: ({ note }) => ({ text: note }), lossy: { why: 'caution' } }))
  await breaks(t, [], replace({ ...fields, upgrade: ({ text }) => ({ note: text }), lossy: { why: 'there is no way back' } }))
})

test('totality: valid in gives valid out, also when lossy, and a function that throws is shown with its cause', async (t) => {
  await breaks(t, ['totality (upgrade)'], replace({ before: { text: Type.String() }, after: { note: Type.String({ maxLength: 3 }) }, upgrade: ({ text }) => ({ note: text }), downgrade: ({ note }) => ({ text: note.trim() }), lossy: { why: 'x' } }))
  const [violation] = await laws({ '2000-01-01': [], '2001-01-01': change('c', 'A', replace({ ...fields, downgrade: () => { throw new Error('boom') } })) })
  t.match(violation, { law: 'totality (downgrade)', problem: 'The `downgrade` function of versions[\'2001-01-01\'] ("c", version 2001-01-01) threw. boom' })
})

test('no mutation: a function that writes into what it was given is found', async (t) => {
  const list = { before: { list: Type.Array(Type.Integer()) }, after: { items: Type.Array(Type.Integer()) } }
  t.match(await brokenBy(change('c', 'A', replace({ ...list, upgrade: ({ list }) => ({ items: list.reverse() }), downgrade: ({ items }) => ({ list: [...items].reverse() }) }))), ['no mutation (upgrade)'])
})

test('compiled = interpreted: a function that is not pure is found', async (t) => {
  let count = 0
  t.match(await brokenBy(change('c', 'A', replace({ ...fields, upgrade: () => ({ note: String(count++) }) }))), ['compiled = interpreted (upgrade)'])
})

test('a function that fails only sometimes is found, although its failure does not come again', async (t) => {
  let calls = 0
  const flaky = replace({
    ...fields,
    upgrade: () => {
      if (calls++ === 0) throw new Error('the first time')
      return { note: 'x' }
    }
  })
  const [violation] = await laws({ '2000-01-01': [], '2001-01-01': change('c', 'A', flaky) })
  t.match(violation, { law: 'totality (upgrade)', problem: 'does not hold each time: is the function pure?' })
})

test('a wrong result is shown as it came', async (t) => {
  const [violation] = await laws({ '2000-01-01': [], '2001-01-01': change('c', 'A', replace({ ...fields, upgrade: () => [] as never })) })
  t.match(violation, { problem: /must return an object of fields, at once/ })
})

test('moves have no values to be tried on', async (t) => {
  await breaks(t, [], { kind: 'endpoint-moved', from: 'GET /a', params: {} })
})

for (const { wrong, change, laws: broken, message } of brokenChanges) {
  test(`a broken change is caught: ${wrong}`, async (t) => {
    const found = await laws({ '2000-01-01': [], '2001-01-01': change }, { runs: 300, seed: 11 })
    t.strictSame(found.map(({ law }) => law), broken)
    t.match(found[0]?.message, message)
    t.match(found[0]?.message, /^versions\['2001-01-01'\]: .*\n {2}version: 2001-01-01\n[^]* {2}seed: {4}11$/, 'file, version and seed are told')
  })
}

test('a broken change is caught: a forgotten twin', async (t) => {
  await t.rejects(laws({ '2000-01-01': [], '2001-01-01': forgottenTwin.change }, { schemas: forgottenTwin.schemas }), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: /^versions\['2001-01-01'\]: .*forgotten twin|UserPatch/
  })
})

test('a change that refers to another schema is tried with the schemas of head, and told to be untried without them', async (t) => {
  const Money = Type.Object({ minor: Type.Integer({ minimum: 0 }) }, { $id: 'Money' })
  const Order = Type.Object({ id: Type.Integer(), total: Money }, { $id: 'Order' })
  const priced = (factor: number) => ({
    '2000-01-01': [],
    '2001-01-01': change('`total` in minor units', 'Order', replace({
      before: { cents: Type.Integer({ minimum: 0 }) },
      after: { total: ref<Static<typeof Money>>('Money') },
      upgrade: ({ cents }) => ({ total: { minor: cents * factor } }),
      downgrade: ({ total }) => ({ cents: total.minor })
    }))
  })
  const [untried, ...others] = await laws(priced(1))
  t.match(untried, { law: 'not checked', problem: 'refers to `Money`: give the schemas of head, `laws(versions, { schemas: [Money] })`' })
  t.strictSame(others, [])
  t.strictSame(await laws(priced(1), { schemas: [Order] }), [])
  const [violation] = await laws(priced(2), { schemas: [Order], seed: 3 })
  t.match(violation, { law: 'PutGet', schema: 'Order', file: "versions['2001-01-01']", value: { id: Number, cents: Number } })
  t.match(violation?.message, /\n {2}schema: {2}Order\n/)
})

test('with the schemas of head a change is tried on all that it alters, with the limits that head has', async (t) => {
  const User = Type.Object({ id: Type.Integer(), full_name: Type.String({ maxLength: 20 }) }, { $id: 'User' })
  const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id']))
  const versions = {
    '2000-01-01': [],
    '2001-01-01': change('`name` is longer', 'User', replace({ before: { name: Type.String() }, after: { full_name: Type.String() }, upgrade: ({ name }) => ({ full_name: name }), downgrade: ({ full_name }) => ({ name: full_name }) }))
  }
  t.strictSame(await laws(versions), [], 'the fragments alone do not tell')
  t.match((await laws(versions, { schemas: [User, NewUser] })).map(({ law, schema }) => [law, schema]), [['totality (upgrade)', 'User'], ['totality (upgrade)', 'NewUser']])
})

test('a place is tried in the direction in which it is used', async (t) => {
  const query = Type.Object({ state: Type.Optional(Type.Array(Type.Union([Type.Literal('b'), Type.Literal('c')]))) })
  const versions = { '2000-01-01': [], '2001-01-01': change('c', 'GET /a querystring', splitEnum({ field: 'state', value: 'a', into: ['b', 'c'] })) }
  t.strictSame(await laws(versions, { places: { 'GET /a querystring': query } }), [])
})

test('values that cannot be generated are told', async (t) => {
  const text = (schema: object) => Type.Unsafe<string>(schema)
  const kept = (schema: object) => change('c', 'A', replace({ before: { a: text(schema) }, after: { b: text(schema) }, upgrade: ({ a }) => ({ b: a }), downgrade: ({ b }) => ({ a: b }) }))
  const problemsOf = async (schema: object) => (await laws({ '2000-01-01': [], '2001-01-01': kept(schema) })).map(({ law, message }) => `${law}: ${message}`)
  t.match(await problemsOf({ type: 'string', pattern: '^(?=x)a' }), [/^not checked: [^]*no values could be generated for Sample/])
  t.match(await problemsOf({ type: 'string', not: { type: 'string' } }), [/^not checked: [^]*too few of them are valid/])
})

test('what a look-up did not find is tried as well, and round trips are not', async (t) => {
  const looking = (downgrade: (after: unknown, found: string | undefined) => { company: string }) => change('c', 'A', replace({
    before: { company: Type.String() },
    after: { company_id: Type.Integer() },
    load: { key: ({ company_id }) => company_id, many: async () => new Map<number, string>() },
    downgrade
  }))
  const lawsOf = async (one: Change) => (await laws({ '2000-01-01': [], '2001-01-01': one })).map(({ law }) => law)
  t.strictSame(await lawsOf(looking((_, name) => ({ company: name ?? '' }))), [])
  t.strictSame(await lawsOf(looking((_, name) => ({ company: name!.trim() }))), ['totality (downgrade)'])
})

test('values are generated for what fragments may hold', async (t) => {
  const kept = (schema: ReturnType<typeof Type.Unsafe>) => replace({ before: { text: schema }, after: { note: schema }, upgrade: ({ text }) => ({ note: text }), downgrade: ({ note }) => ({ text: note }) })
  const schemas = [
    ...['date-time', 'date', 'time', 'email', 'uuid', 'uri', 'hostname', 'ipv4', 'ipv6'].map((format) => ({ type: 'string', format })),
    { type: 'string', minLength: 2, maxLength: 5 },
    { type: 'string', pattern: '^[a-z]+$', minLength: 1, maxLength: 3 },
    { type: 'integer', minimum: -2.5, maximum: 7 },
    { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 3 },
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 3 },
    { type: 'number', minimum: 1, maximum: 2 },
    { type: 'boolean' },
    { type: ['string', 'null'] },
    { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 },
    { type: 'array', maxItems: 2 },
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: { type: 'integer' } },
    { type: 'object', patternProperties: { '^.{1,3}$': { type: 'integer' } } },
    { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    { const: 1 },
    {},
    { type: 'string', nullable: true },
    ...['iso-date-time', 'iso-time', 'duration', 'url', 'uri-reference', 'json-pointer', 'byte'].map((format) => ({ type: 'string', format })),
    { type: 'integer', multipleOf: 5, minimum: 3, maximum: 21 },
    { type: 'number', multipleOf: 0.5 },
    { type: 'array', items: { type: 'integer' }, uniqueItems: true },
    { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false, minItems: 2 },
    { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'boolean' }, maxItems: 3 },
    { type: 'array', items: [true] },
    { allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'object', properties: { b: { type: 'integer' } } }] },
    { allOf: [{ type: 'string' }, { minLength: 0 }] },
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
    { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'], anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }] },
    { type: 'object', additionalProperties: { type: 'integer' } }
  ]
  for (const schema of schemas) t.strictSame(await brokenBy(change('c', 'A', kept(Type.Unsafe(schema))), 40), [], JSON.stringify(schema))
})

test('recursive fragments are generated to a bounded depth', async (t) => {
  const Tree = Type.Recursive((This) => Type.Object({ name: Type.String(), below: Type.Union([This, Type.Null()]), list: Type.Array(This, { maxItems: 1 }) }), { $id: 'OldTree' })
  const operation = replace({ before: { tree: Tree }, after: { text: Type.String() }, upgrade: ({ tree }) => ({ text: JSON.stringify(tree) }) })
  await breaks(t, [], operation)
  const Module = Type.Module({ Leaf: Type.Object({ n: Type.Integer() }), Box: Type.Object({ leaf: Type.Ref('Leaf') }) })
  await breaks(t, [], replace({ before: { box: Module.Import('Box') }, after: { n: Type.Integer() }, upgrade: ({ box }) => ({ n: box.leaf.n }), downgrade: ({ n }) => ({ box: { leaf: { n } } }) }))
})
