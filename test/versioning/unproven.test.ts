import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { add, change, constrain, mapEnum, nest, remove, rename, replace, type Change } from 'fastify-vintage'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'

/** What of head's body has to be validated after the upgrade from the oldest version, without the name of the schema. */
function unprovenOf (schema: TSchema, changes: Change[][], schemas: TSchema[] = []) {
  const versions = Object.fromEntries([[], ...changes].map((list, index): [string, Change[]] => [`200${index}-01-01`, list]))
  const head = { schemas: new Map(schemas.map((one) => [String(one.$id), one])), places: new Map([['POST /a body', schema]]) }
  const { $id: _, ...unproven } = deriveContracts(historyOf(versions), head).shape('POST /a body', 0)?.unproven ?? { nothing: true }
  return JSON.parse(JSON.stringify(unproven))
}

const whole = { nothing: true }
const renamed = change('a name', 'A', rename({ nick: 'name' }))
const name = Type.String({ minLength: 1 })
const twice = replace({ before: { once: Type.Integer() }, after: { twice: Type.Integer() }, upgrade: ({ once }) => ({ twice: once * 2 }), downgrade: ({ twice }) => ({ once: twice / 2 }) })
const doubled = change('doubled', 'A', twice)

t.test('A18 fields that only had other names are proven by the validator of the older version', async (t) => {
  const A = Type.Object({ name, age: Type.Integer(), twice: Type.Integer() }, { $id: 'A', additionalProperties: false })
  t.same(unprovenOf(A, [[renamed, doubled]]), { type: 'object', properties: { name: {}, age: {}, twice: { type: 'integer' } }, required: ['twice'] })
  t.same(unprovenOf(A, [[renamed], [doubled], [change('names', 'A', rename({ years: 'age' }))]]).properties, { name: {}, age: {}, twice: { type: 'integer' } }, 'over versions')
  const later = change('later', 'A', rename({ twice: 'double' }))
  t.same(unprovenOf(Type.Object({ name, double: Type.Integer() }, { $id: 'A' }), [[doubled], [later, renamed]]).properties, { name: {}, double: { type: 'integer' } }, 'a made field that got another name')
})

t.test('A18 fields that swap their names are proven each by the other', async (t) => {
  const swap = change('swapped', 'A', rename({ a: 'b', b: 'a' }))
  t.same(unprovenOf(Type.Object({ a: name, b: Type.Integer() }, { $id: 'A' }), [[swap]]), { type: 'object', properties: { a: {}, b: {} }, required: [] })
})

t.test('A18 what an open object carries over is still judged by what head says of keys that it does not name', async (t) => {
  const Counted = Type.Object({ name }, { $id: 'A', additionalProperties: Type.Integer() })
  t.match(unprovenOf(Counted, [[renamed]]), { additionalProperties: { type: 'integer' } })
  const Patterned = Type.Object({ name }, { $id: 'A', additionalProperties: false, patternProperties: { '^x-': Type.Integer() } })
  t.match(unprovenOf(Patterned, [[renamed]]), { additionalProperties: false, patternProperties: { '^x-': { type: 'integer' } } })
})

t.test('A18 what a change makes, fills in, limits or puts elsewhere is not proven', async (t) => {
  const Colour = Type.Union([Type.Literal('red'), Type.Literal('blue')], { $id: 'Colour' })
  const A = Type.Object({ name, full: Type.String({ maxLength: 5 }), more: Type.Boolean(), colour: Type.Ref('Colour'), tied: Type.Object({ deep: Type.String() }), twice: Type.Integer() }, { $id: 'A' })
  const changes = [
    renamed, doubled,
    change('limits', 'A', constrain({ before: { full: Type.String() }, after: { full: Type.String({ maxLength: 5 }) } })),
    change('more', 'A', add({ after: { more: Type.Boolean() }, value: { more: false } })),
    change('less', 'A', remove({ before: { less: Type.Boolean() }, value: { less: false } })),
    change('colours', 'Colour', mapEnum({ values: { rot: 'red' } })),
    change('nested', 'A', nest({ into: 'tied', fields: { deep: 'deep' } }))
  ]
  const { properties, required } = unprovenOf(A, [changes], [Colour])
  t.same(Object.entries(properties).filter(([, schema]) => Object.keys(Object(schema)).length === 0).map(([field]) => field), ['name'])
  t.same(required, ['full', 'more', 'colour', 'tied', 'twice'])
})

t.test('A18 a field is not proven by what older clients may leave out, nor by another one that has gone', async (t) => {
  const now = constrain({ before: { age: Type.Optional(Type.Integer()) }, after: { age: Type.Integer() }, fit: ({ age = 0 }) => ({ age }) })
  t.match(unprovenOf(Type.Object({ name, age: Type.Integer() }, { $id: 'A' }), [[renamed, change('required', 'A', now)]]), { properties: { name: {}, age: { type: 'integer' } }, required: ['age'] })
  const wider = constrain({ before: { note: Type.String({ maxLength: 5 }) }, after: { note: Type.String({ maxLength: 9 }) }, relax: ({ note }) => ({ note: note.slice(0, 5) }) })
  t.match(unprovenOf(Type.Object({ name, note: Type.String({ maxLength: 9 }) }, { $id: 'A' }), [[renamed, change('wider', 'A', wider)]]), { properties: { name: {}, note: { maxLength: 9 } } }, 'which had another schema, though no function sees it')
  t.same(unprovenOf(Type.Object({ name: Type.Optional(name) }, { $id: 'A' }), [[renamed]]), { type: 'object', properties: { name: {} }, required: [] })
  const other = change('another one', 'A', replace({ before: { name: Type.String({ minLength: 1 }) }, after: { label: Type.String() }, upgrade: ({ name }) => ({ label: name }), downgrade: ({ label }) => ({ name: label }) }))
  const again = change('again', 'A', add({ after: { name }, value: { name: 'x' } }))
  t.match(unprovenOf(Type.Object({ name, label: Type.String() }, { $id: 'A' }), [[other], [again]]), whole, 'the same name and schema, but not the same field')
})

t.test('A18 nothing is proven where it cannot be told', async (t) => {
  const Tree = Type.Recursive((self) => Type.Object({ name, below: Type.Array(self) }), { $id: 'A' })
  t.same(unprovenOf(Tree, [[renamed]]), whole, 'an open field of the root would be open below as well')
  const Leaf = { $id: 'Leaf', type: 'object', properties: { up: { $ref: 'A' } } }
  t.same(unprovenOf(Type.Unsafe({ $id: 'A', type: 'object', required: ['name'], properties: { name, leaf: { $ref: 'Leaf' } } }), [[renamed]], [Type.Unsafe(Leaf)]), whole, 'nor through others')
  const Both = Type.Intersect([Type.Object({ name }), Type.Object({ name: Type.String({ maxLength: 9 }), age: Type.Integer() })], { $id: 'A' })
  t.same(unprovenOf(Both, [[renamed]]), whole, 'a merged intersection admits more than its parts')
  const Holds = Type.Object({ name, both: Type.Intersect([Type.Object({ x: Type.Integer() }), Type.Object({ y: Type.Integer() })]) }, { $id: 'A' })
  t.same(unprovenOf(Holds, [[renamed]]), whole)
  t.same(unprovenOf(Type.Object({ name }, { $id: 'A', $async: true }), [[renamed]]), whole, 'a validator that answers later')
  t.same(unprovenOf(Type.Array(Type.Object({ name }, { $id: 'A' })), [[renamed]]), whole, 'a list')
  const One = Type.Union([Type.Object({ kind: Type.Literal('a'), name }, { $id: 'A' }), Type.Null()])
  t.same(unprovenOf(One, [[renamed]]), whole, 'a union')
})
