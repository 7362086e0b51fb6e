import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { startCode } from '../../src/versioning/code.js'
import { composeSchema } from '../../src/versioning/compose-schema.js'
import { createConverters } from '../../src/versioning/converters.js'
import { deriveContracts, type Place } from '../../src/versioning/contracts.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { add } from '../../src/versioning/operations/add.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { computeReach } from '../../src/versioning/reach.js'

const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
const renamed = change('renamed', 'User', rename({ created: 'created_at' }))

/** Converts a value of a place from head to V0 (or back, for a body) by the compiled code, which the interpreter must agree with. */
function convertAt (place: Place, schema: JsonSchema, changes: Change | readonly Change[], value: unknown): unknown {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': changes })
  const head = { schemas: new Map(), places: new Map([[place, schema]]) }
  const shape = deriveContracts(history, head).shape(place, 0)
  const derived = deriveStates(history, head)
  const upgrades = place.includes(' body')
  const interpreted = interpret({ derived, reach: computeReach(derived) }, place, value, upgrades ? { from: 0, to: 1, use: 'value' } : { from: 1, to: 0, use: 'value' })
  const compiled = (upgrades ? shape?.upgrade : shape?.downgrade)?.(value)
  if (JSON.stringify(compiled) !== JSON.stringify(interpreted)) throw new Error(`compiled ${JSON.stringify(compiled)}, interpreted ${JSON.stringify(interpreted)}`)
  return compiled
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('A29 a list, a union and an object that come by `toJSON` are converted; a date in a union stays one', (t) => {
  const user = { id: 1, created_at: 'now' }
  const old = { id: 1, created: 'now' }
  const by = (value: unknown) => ({ toJSON: () => value })
  t.strictSame(json(convertAt('GET /x 200', Type.Array(User), renamed, by([by(user), user]))), [old, old])
  t.strictSame(json(convertAt('GET /x 200', Type.Union([Type.Array(User), User]), renamed, by([user]))), [old])
  t.strictSame(json(convertAt('GET /x 200', Type.Union([Type.Array(User), User]), renamed, by(user))), old)
  const date = new Date(0)
  t.equal(convertAt('GET /x 200', Type.Union([Type.String({ format: 'date-time' }), User]), renamed, date), date)
  t.strictSame(convertAt('GET /x 200', Type.Array(User), renamed, date), date)
  t.end()
})

test('two schemas that hold each other, and one that holds itself, are converted at any depth', (t) => {
  const Node: TSchema = Type.Object({ name: Type.String(), leaf: Type.Optional(Type.Unsafe({ $ref: 'Leaf' })), next: Type.Optional(Type.Unsafe({ $ref: 'Node' })) }, { $id: 'Node' })
  const Leaf = Type.Object({ colour: Type.String(), node: Type.Optional(Type.Unsafe({ $ref: 'Node' })) }, { $id: 'Leaf' })
  const changes = [change('n', 'Node', rename({ title: 'name' })), change('l', 'Leaf', rename({ color: 'colour' }))]
  const both = Type.Object({ node: Node, leaf: Leaf })
  const value = { node: { name: 'a', next: { name: 'b', leaf: { colour: 'c', node: { name: 'd' } } } }, leaf: { colour: 'e' } }
  t.strictSame(json(convertAt('GET /x 200', both, changes, value)), { node: { title: 'a', next: { title: 'b', leaf: { color: 'c', node: { title: 'd' } } } }, leaf: { color: 'e' } })
  t.end()
})

test('members of a union are told apart by a property, by their value or by their type', (t) => {
  const Cat = Type.Object({ kind: Type.Literal('cat'), fur: Type.String() }, { $id: 'Cat' })
  const Dog = Type.Object({ kind: Type.Union([Type.Literal('dog'), Type.Literal('wolf')]), teeth: Type.Integer() }, { $id: 'Dog' })
  const Bird = Type.Object({ kind: Type.Literal('bird') }, { $id: 'Bird' })
  const changes = [change('c', 'Cat', rename({ coat: 'fur' })), change('d', 'Dog', rename({ tusks: 'teeth' }))]
  const animals = [{ kind: 'cat', fur: 'black' }, { kind: 'dog', teeth: 42 }, { kind: 'wolf', teeth: 43 }, { kind: 'bird' }, { kind: 'fish' }, null, 'text']
  t.strictSame(json(convertAt('GET /x 200', Type.Array(Type.Union([Cat, Dog, Bird, Type.Null(), Type.String()])), changes, animals)),
    [{ kind: 'cat', coat: 'black' }, { kind: 'dog', tusks: 42 }, { kind: 'wolf', tusks: 43 }, { kind: 'bird' }, { kind: 'fish' }, null, 'text'])
  const State = Type.Unsafe({ $id: 'State', enum: ['paid', 'sent'] })
  const split = change('s', 'State', splitEnum({ value: 'done', into: ['paid', 'sent'], write: 'paid' }))
  t.strictSame(json(convertAt('GET /x 200', Type.Array(Type.Union([State, Type.Literal('open'), Type.Literal(7), Type.Null()])), split, ['paid', 'open', 'sent', 7, null])), ['done', 'open', 'done', 7, null])
  t.strictSame(json(convertAt('GET /x 200', Type.Array(Type.Union([State, Type.Unsafe({ const: { a: 1 } })])), split, ['paid'])), ['done'])
  const Mixed = Type.Unsafe({ $id: 'State', enum: ['paid', 'sent', { a: 1 }] })
  t.strictSame(json(convertAt('GET /x 200', Type.Array(Type.Union([Mixed, Type.Literal('open')])), split, ['paid', 'open'])), ['done', 'open'], 'no value is the same as a literal that is an object')
  const Nothing = Type.Unsafe({ $id: 'Nothing', enum: [null, 'a', 'b'] })
  const nothing = change('n', 'Nothing', splitEnum({ value: 'c', into: ['a', 'b'] }))
  t.strictSame(json(convertAt('GET /x 200', Type.Array(Type.Union([Nothing, Type.Integer()])), nothing, [null, 'a', 1])), [null, 'c', 1])
  t.end()
})

test('many changes of an enum cost one look-up; what is none of its values still passes', (t) => {
  const State = Type.Unsafe({ $id: 'State', enum: ['paid', 'sent', 'on_foot', 'by_bike'] })
  const changes = [
    change('first', 'State', splitEnum({ value: 'done', into: ['paid', 'moving'] })),
    change('second', 'State', splitEnum({ value: 'moving', into: ['sent', 'carried'] })),
    change('third', 'State', splitEnum({ value: 'carried', into: ['on_foot', 'by_bike'] }))
  ]
  t.strictSame(convertAt('GET /x 200', Type.Array(State), changes, ['paid', 'sent', 'on_foot', 'by_bike', 'else', 7, null]), ['done', 'done', 'done', 'done', 'else', 7, null])
  const Any = Type.Object({ state: State, others: Type.Array(State) }, { $id: 'Any' })
  t.strictSame(convertAt('GET /x 200', Any, changes, { state: 'sent', others: ['by_bike'] }), { state: 'done', others: ['done'] })
  const States = Type.Array(Type.Unsafe({ enum: ['paid', 'sent', 'on_foot', 'by_bike'] }), { $id: 'States' })
  t.strictSame(convertAt('GET /x 200', States, changes.map(({ description, operation }) => change(description, 'States', operation)), ['paid', 'by_bike']), ['done', 'done'], 'a list of them is no enum')
  const Loose = Type.Unsafe({ $id: 'Loose', anyOf: [{ type: 'string' }, { enum: ['x', 'y'] }] })
  const History = historyOf({ '2000-01-01': [], '2001-01-01': change('loose', 'Loose', splitEnum({ value: 'z', into: ['x', 'y'] })), '2002-01-01': change('looser', 'Loose', splitEnum({ value: 'x', into: ['v', 'w'] })) })
  t.throws(() => deriveContracts(History, { schemas: new Map([['Loose', Loose]]), places: new Map() }), { code: 'FST_ERR_VINTAGE_MISFIT' })
  t.end()
})

test('values that are filled in are new each time, also those that are no JSON', (t) => {
  const Thing = Type.Object({ id: Type.Integer() }, { $id: 'Thing' })
  const dated = new Date(0)
  const values = { list: [{ a: 1 }], when: dated, none: undefined, odd: JSON.parse('{"__proto__":{"x":1}}'), big: 1n, text: '"\u2028' }
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, Type.Optional(Type.Unknown())]))
  const removed = change('removed', 'Thing', remove({ before, value: values }))
  const history = historyOf({ '2000-01-01': [], '2001-01-01': removed })
  const downgrade = deriveContracts(history, { schemas: new Map(), places: new Map([['GET /x 200', Thing]]) }).shape('GET /x 200', 0)?.downgrade
  const [first, second] = [Object(downgrade?.({ id: 1 })), Object(downgrade?.({ id: 1 }))]
  t.strictSame(first, { id: 1, ...values })
  t.not(first.list, second.list)
  t.not(first.list, values.list)
  t.not(first.when, dated)
  t.strictSame(Object.keys(first.odd), ['__proto__'])
  t.equal(Object.getPrototypeOf(first.odd), Object.prototype)
  t.end()
})

test('functions read copies of nested objects and lists in JSON form, field by field where the schema says all of them', (t) => {
  const Deep = Type.Object({
    at: Type.String({ format: 'date-time' }),
    size: Type.Integer(),
    note: Type.Optional(Type.String()),
    constructor: Type.Optional(Type.String()),
    tags: Type.Array(Type.String()),
    rows: Type.Array(Type.Object({ n: Type.Number(), a: Type.Object({ b: Type.Object({ c: Type.Object({ d: Type.Object({ e: Type.Integer() }) }) }) }) })),
    maybe: Type.Union([Type.Object({ n: Type.Integer() }), Type.Null()])
  })
  const seen: unknown[] = []
  const downgrade = (fields: { deep?: unknown }) => {
    seen.push(fields.deep)
    return { text: JSON.stringify(fields.deep) }
  }
  const changes = change('read', 'Event', replace({ before: { text: Type.Optional(Type.String()) }, after: { deep: Type.Optional(Deep) }, downgrade }))
  const Event = Type.Object({ deep: Type.Optional(Deep) }, { $id: 'Event' })
  const row = { n: '1.5', extra: 1, a: { b: { c: { d: { e: 7n } } } } }
  const given = Object.freeze({ at: new Date(0), size: '3', extra: true, tags: Object.freeze(['a', 7]), rows: [row], maybe: null })
  const wanted = { at: '1970-01-01T00:00:00.000Z', size: 3, tags: ['a', '7'], rows: [{ n: 1.5, a: { b: { c: { d: { e: 7 } } } } }], maybe: null }
  convertAt('GET /x 200', Event, changes, { deep: given })
  t.strictSame(seen.splice(0), [wanted, wanted])
  convertAt('GET /x 200', Event, changes, { deep: { ...given, note: 'n', constructor: 'c', maybe: { n: '4', x: 1 } } })
  t.strictSame(seen.splice(0)[0], { ...wanted, note: 'n', constructor: 'c', maybe: { n: 4 } })
  convertAt('GET /x 200', Event, changes, { deep: { size: 1, tags: 'none', rows: { toJSON: () => [row] } } })
  t.strictSame(seen.splice(0)[0], { size: 1, tags: 'none', rows: wanted.rows }, 'what is missing stays missing')
  convertAt('GET /x 200', Event, changes, { deep: { toJSON: () => given } })
  t.strictSame(seen.splice(0)[0], wanted)
  const Bare = Type.Object({ deep: Type.Object({ a: Type.Optional(Type.String()) }) }, { $id: 'Event' })
  const bare = change('read', 'Event', replace({ before: { text: Type.String() }, after: Bare.properties, downgrade }))
  convertAt('GET /x 200', Bare, bare, { deep: { b: 1 } })
  t.strictSame(seen, [{}, {}])
  t.end()
})

test('requests hold no undefined keys, and what their schema does not name passes only where it may', (t) => {
  const Open = Type.Object({ id: Type.Integer(), note: Type.Optional(Type.String()), created_at: Type.Optional(Type.String()) }, { $id: 'User' })
  const body = JSON.parse('{"id":1,"created":"now","created_at":"smuggled","__proto__":{"x":1},"constructor":7,"extra":true}')
  const upgraded = Object(convertAt('POST /x body', Open, renamed, body))
  t.strictSame(Object.keys(upgraded).sort(), ['constructor', 'created_at', 'extra', 'id'])
  t.equal(upgraded.created_at, 'now')
  const Closed = Type.Object(Open.properties, { $id: 'User', additionalProperties: false })
  t.strictSame(Object.keys(Object(convertAt('POST /x body', Closed, renamed, body))).sort(), ['created_at', 'id'])
  t.end()
})

test('versions in which a schema is the same share one compiled function', (t) => {
  const Order = Type.Object({ number: Type.Integer(), user: User }, { $id: 'Order' })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('o', 'Order', rename({ no: 'number' })), '2002-01-01': renamed, '2003-01-01': change('more', 'Order', add({ after: { total: Type.Integer() } })) })
  const head = { schemas: new Map([['Order', Type.Object({ ...Order.properties, total: Type.Integer() }, { $id: 'Order' })]]), places: new Map([['GET /users 200', User]]) }
  const derived = deriveStates(history, head)
  const converters = createConverters(derived, computeReach(derived))
  const down = (key: string, to: number) => converters.unit(key, { from: 3, to, use: 'value' })
  t.equal(down('User', 0), down('User', 1))
  t.equal(down('User', 2), null)
  t.equal(converters.compiled, 1)
  t.not(down('Order', 0), down('Order', 1))
  t.not(down('Order', 1), down('Order', 2))
  t.equal(converters.compiled, 4, 'three forms of the order, which share the one of the user')
  t.end()
})

test('a reference that turns out to be the same in both versions is no call', (t) => {
  const derived = deriveStates(historyOf({ '2000-01-01': [], '2001-01-01': renamed }), { schemas: new Map([['User', User]]), places: new Map() })
  const workshop = { ...createConverters(derived, computeReach(derived)).workshop, target: () => null }
  t.equal(composeSchema({ code: startCode(), workshop, self: undefined }, 'v', { $ref: 'User' }, { from: 1, to: 0, use: 'value' }), 'v')
  t.end()
})

test('a function that cannot be made is made anew when it is asked for again', (t) => {
  const Bag = Type.Object({ id: Type.Integer(), user: Type.Optional(User) }, { $id: 'Bag', patternProperties: { '(': User } })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': renamed })
  const derived = deriveStates(history, { schemas: new Map([['Bag', Bag]]), places: new Map() })
  const converters = createConverters(derived, computeReach(derived))
  for (let turn = 0; turn < 2; turn++) t.throws(() => converters.unit('Bag', { from: 1, to: 0, use: 'value' }), SyntaxError)
  t.end()
})
