import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { add, change, constrain, flatten, mapEnum, nest, rename, wrap, type Change } from 'fastify-vintage'
import { faultOf } from '../../src/versioning/client-fault.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { fieldNames, fieldNamesIn } from '../../src/versioning/field-names.js'
import { historyOf } from '../../src/versioning/history.js'
import { memberSchema } from '../../src/versioning/member-schema.js'
import { flowsOf } from '../../src/versioning/operations/flows.js'
import { mapFieldNames } from '../../src/versioning/operations/map-field-names.js'
import { startStates } from '../../src/versioning/states.js'
import { undoFieldNames } from '../../src/versioning/undo-field-names.js'

/** The traces of one body between the oldest version and head. */
function tracesOf (schema: TSchema, changes: Change[][], schemas: TSchema[] = [], place = 'POST /a body') {
  const versions = Object.fromEntries([[], ...changes].map((list, index): [string, Change[]] => [`200${index}-01-01`, list]))
  const shape = deriveContracts(historyOf(versions), { schemas: new Map(schemas.map((one) => [String(one.$id), one])), places: new Map([[place, schema]]) }).shape(place, 0)
  if (shape === null) throw new Error('nothing has changed')
  return { ...shape.traces, paths: (...path: string[]) => shape.traces.origins(path).map((origin) => origin.path.join('.')) }
}

const City = Type.Object({ town: Type.String(), zip: Type.Optional(Type.String()) }, { $id: 'City' })
const town = change('a town', 'City', rename({ city: 'town' }))

t.test('what is nested is traced to the flat fields, and what is flat to the nested ones', async (t) => {
  const nested = tracesOf(Type.Object({ address: Type.Object({ street: Type.String(), place: City }), other: Type.String() }, { $id: 'A' }), [[town, change('nested', 'A', nest({ into: 'address', fields: { road: 'street', place: 'place' } }))]])
  t.same(nested.paths('address', 'street'), ['road'])
  t.same(nested.paths('address', 'place', 'town'), ['place.city'])
  t.same(nested.paths('address'), ['road', 'place'])
  t.same(nested.paths('other'), ['other'])
  t.same(nested.paths(), [''])
  t.same(nested.dependents({ road: 'x' }, { address: { street: 'x', place: { town: 'y' } }, other: 'z' }), { address: { street: 'x' } })
  t.same(nested.dependents({ road: 'x' }, { other: 'z' }), {}, 'not there, and never null')
  t.same(nested.dependents({ road: 'x', place: { city: 'y' } }, { address: { street: 'x', place: { town: 'y', zip: 'z' } } }), { address: { street: 'x', place: { town: 'y' } } })
  const flat = tracesOf(Type.Object({ street: Type.String(), place: City, deep: Type.Optional(Type.String()) }, { $id: 'A' }), [[town, change('flat', 'A', flatten({ from: 'address', fields: ['street', 'place'] }))]])
  t.same(flat.paths('street'), ['address.street'])
  t.same(flat.paths('place', 'town'), ['address.place.city'])
  t.same(flat.dependents({ address: { place: { city: 'y' } } }, { street: 'x', place: { town: 'y', zip: 'z' } }), { place: { town: 'y' } })
  t.same(flat.dependents({ address: null }, { street: 'x', place: { town: 'y' } }), { street: 'x', place: { town: 'y' } })
})

t.test('lists, tuples, maps and unions are traced by index, key and the branch that knows the name', async (t) => {
  const traces = tracesOf(Type.Object({
    mails: Type.Array(Type.String()),
    cities: Type.Array(City),
    pair: Type.Tuple([Type.String(), Type.Ref('City')]),
    map: Type.Record(Type.String(), Type.Ref('City')),
    more: Type.Object({}, { additionalProperties: Type.Ref('City') }),
    either: Type.Union([Type.String(), Type.Object({ kind: Type.Literal('a'), at: Type.Ref('City') }), Type.Object({ kind: Type.Literal('b') })]),
    ref: Type.Unsafe({ $ref: 'elsewhere' }),
    plain: Type.Integer()
  }, { $id: 'A' }), [[town, change('mails', 'A', wrap({ fields: { mail: 'mails' } }))]], [City])
  t.same(traces.paths('mails', '0'), ['mail'])
  t.same(traces.paths('cities', '3', 'town'), ['cities.3.city'])
  t.same(traces.paths('pair', '1', 'town'), ['pair.1.city'])
  t.same(traces.paths('pair', '2', 'x'), ['pair.2.x'])
  t.same(traces.paths('map', 'a', 'town'), ['map.a.city'])
  t.same(traces.paths('more', 'a', 'town'), ['more.a.city'])
  t.same(traces.paths('either', 'at', 'town'), ['either.at.city'])
  t.same(traces.paths('either'), ['either'])
  t.same(traces.paths('ref', 'x'), ['ref.x'])
  t.same(traces.paths('plain', 'x'), ['plain.x'])
  t.same(traces.paths('nothing', 'x'), ['nothing.x'])
  t.same(traces.dependents({ mail: 'x' }, { mails: ['x'], plain: 1 }), { mails: ['x'] })
  t.same(traces.dependents({ map: { a: { city: 'x' } }, either: { at: {} }, ref: {} }, { map: { a: { town: 'x' }, b: {} }, either: { at: {} }, ref: {} }), { map: { a: { town: 'x' } }, either: { at: {} }, ref: {} })
  t.same(traces.dependents([], ['x']), ['x'], 'a list is taken as a whole')
})

t.test('a schema of values, behind null or renamed twice in one version, is traced as well', async (t) => {
  const Status = Type.Union([Type.Literal('a'), Type.Literal('b')], { $id: 'Status' })
  const Maybe = Type.Union([Type.Null(), City], { $id: 'Maybe' })
  const traces = tracesOf(Type.Object({ status: Status, maybe: Maybe, b: Type.String() }, { $id: 'A' }), [[
    town,
    change('statuses', 'Status', mapEnum({ values: { x: 'a' } })),
    change('in', 'A', nest({ into: 'box', fields: ['a'] })),
    change('and out', 'A', flatten({ from: 'box', fields: { a: 'b' } }))
  ]])
  t.same(traces.origins(['status']), [{ path: ['status'], carried: true, declared: false }])
  t.same(traces.paths('maybe', 'town'), ['maybe.city'])
  t.same(traces.paths('b'), ['a'])
  t.same(traces.dependents({ maybe: { city: 'y' } }, {}), { maybe: null })
  t.same(traces.dependents({ a: 'x', maybe: { city: 'y' } }, { b: 'x', maybe: { town: 'y', zip: 'z' }, status: 'a' }), { b: 'x', maybe: { town: 'y' } })
})

t.test('of a filter only the list is known: its values have been made distinct', async (t) => {
  const Status = Type.Union([Type.Literal('a'), Type.Literal('b')], { $id: 'Status' })
  const traces = tracesOf(Type.Object({ status: Type.Array(Status) }), [[change('statuses', 'Status', mapEnum({ values: { x: 'a' } }))]], [], 'GET /a querystring')
  t.same(traces.paths('status', '1'), ['status'])
})

t.test('every move says where its fields go', async (t) => {
  t.same(flowsOf({ kind: 'unwrap', from: 'list', to: 'one', empty: undefined, items: {} }), [{ from: ['list', '0'], to: ['one'], carries: true }])
  t.same(flowsOf({ kind: 'translate', name: 'a', table: new Map() }), [{ from: ['a'], to: ['a'], carries: false }])
  t.same(flowsOf({ kind: 'default', name: 'a', value: 1 }), [{ from: ['a'], to: ['a'], carries: true }])
  t.same(flowsOf({ kind: 'drop', names: ['a'] }), [])
})

t.test('a change of the values of a schema of its own says that head may refuse them', async (t) => {
  const traces = tracesOf(Type.Object({ name: Type.String({ maxLength: 5 }), added: Type.Integer() }, { $id: 'A' }), [[change('short', 'A', constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 5 }) } })), change('added', 'A', add({ after: { added: Type.Integer() }, value: { added: 1 } }))]])
  t.same(traces.origins(['name']), [{ path: ['name'], carried: true, declared: true }])
  t.same(traces.origins(['added']), [], 'the client has not sent it')
  t.equal(traces.hasHeadDefaults, false)
})

t.test('head\'s defaults are found behind references, also where a schema holds itself', async (t) => {
  const Node = Type.Recursive((self) => Type.Object({ name: Type.String(), next: Type.Optional(self) }), { $id: 'Node' })
  const renamed = [[change('renamed', 'Node', rename({ label: 'name' }))]]
  t.equal(tracesOf(Type.Object({ node: Node }), renamed).hasHeadDefaults, false)
  t.equal(tracesOf(Type.Object({ node: Node, list: Type.Array(Type.Object({ a: Type.Integer({ default: 1 }) })) }), renamed).hasHeadDefaults, true)
})

t.test('the schema of a member is that of its property, pattern, rest or place in a list', async (t) => {
  const [a, b] = [{ type: 'integer' }, { type: 'string' }]
  t.same(memberSchema({ properties: { a }, patternProperties: { '^x': b }, additionalProperties: true }, 'a'), a)
  t.same(memberSchema({ properties: { a }, patternProperties: { '^x': b }, additionalProperties: true }, 'x1'), b)
  t.same(memberSchema({ properties: { a }, additionalProperties: true }, 'constructor'), undefined)
  t.same(memberSchema({ type: 'object', additionalProperties: b }, 'any'), b)
  t.same(memberSchema({ type: 'array', items: [a], additionalItems: b }, '0'), a)
  t.same(memberSchema({ type: 'array', items: [a], additionalItems: b }, '1'), b)
  t.same(memberSchema({ type: 'array', prefixItems: [a], items: b }, '0'), a)
  t.same(memberSchema({ type: 'array', prefixItems: [a], items: b }, '1'), b)
})

t.test('names of fields: what they are made of', async (t) => {
  t.equal(fieldNamesIn({ $comment: 'fieldNames {}' }), undefined)
  t.equal(fieldNamesIn({ $comment: 'mine' }), undefined)
  t.match(fieldNames('User', ['a'], { description: 'how', default: 'a' }), { type: 'string', enum: ['a'], description: 'how', default: 'a' })
  const operation = mapFieldNames({ newer: new Map(), older: new Map(), prefix: '', separator: '' })
  const schema = { type: 'string' }
  t.same(operation.sample(), schema)
  const User = Type.Object({ name: Type.String() }, { $id: 'User' })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': [change('renamed', 'User', rename({ label: 'name' }))] })
  const derived = deriveStates(history, { schemas: new Map([['User', User]]), places: new Map([['GET /a querystring', Type.Object({ sort: fieldNames('User', ['name']) })]]) })
  const key = [...derived.units.keys()].find((name) => name.endsWith('in fieldNames')) ?? ''
  const [step] = derived.stepsOf(key, 1)
  t.equal(step?.resolve(schema), schema)
  t.equal(step?.operation.kind, 'field-names')
  t.equal(Reflect.apply(operation.undo, null, [schema]), schema)
  const [move] = step === undefined ? [] : step.operation.moves(step, 'upgrade', 'value')
  t.same(move?.kind === 'map-value' ? [move.run('label'), move.run('other'), move.run(1)] : [], ['name', undefined, 1])
  undoFieldNames(derived, startStates(derived.units, 2), 'User', 1)
  t.equal(derived.stepsOf('User', 1).length, 1, 'a schema of its own is left alone')
})

t.test('an error that is none of the client\'s has no fault', async (t) => {
  t.equal(faultOf('x'), undefined)
  t.equal(faultOf(new Error('x')), undefined)
})
