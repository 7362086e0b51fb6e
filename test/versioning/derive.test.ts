import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { takeSlot } from '../../src/versioning/slots.js'
import { remakeVariant } from '../../src/versioning/remake-variant.js'
import { variant } from '../../src/versioning/variant.js'

test('a schema or version that nobody knows admits everything and has no steps', (t) => {
  const derived = deriveStates(historyOf({ '2000-01-01': [] }), { schemas: new Map(), places: new Map() })
  t.strictSame(derived.stateOf('Nobody', 0), {})
  t.strictSame(derived.stepsOf('Nobody', 0), [])
  t.equal(remakeVariant('Nobody', 'name', derived, 0, (problem) => { throw new Error(problem) }), undefined)
  t.end()
})

test('a reference to what no schema of head has the name of is left as it stands, for the compilers of the app to judge', (t) => {
  const schema = { type: 'object', properties: { a: { $ref: 'Elsewhere' }, b: { $ref: 'Elsewhere#/properties/x' } } }
  const derived = deriveStates(historyOf({ '2000-01-01': [] }), { schemas: new Map(), places: new Map([['GET / 200', schema]]) })
  t.strictSame(derived.stateOf('GET / 200', 0), schema)
  t.end()
})

test('a field that is not there reads as undefined', (t) => {
  t.match(takeSlot(new Map(), 'name'), { expression: 'undefined', origin: 'name' })
  t.end()
})

test('A16 a variant of a schema without $id is a misfit', (t) => {
  t.throws(() => variant('Patch', Type.Object({}), (base) => Type.Partial(base)), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: 'variant(\'Patch\', …): the schema that it is made of has no `$id`: give it one, changes find it by that.'
  })
  t.end()
})
