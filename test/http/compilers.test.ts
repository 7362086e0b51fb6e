import t from 'tap'
import { buildCompilers } from '../../src/http/compilers.js'
import type { Shape } from '../../src/versioning/contracts.js'

const shapeOf = (schema: Shape['schema']): Shape => ({ schema, version: '2000-01-01', upgrade: (value) => value, downgrade: (value) => value, loads: false, traces: { origins: () => [], dependents: () => ({}), hasHeadDefaults: false, isTold: () => true }, unproven: null })

t.test('each shape is compiled once, on first use', async (t) => {
  const compilers = buildCompilers({ ajv: {}, serializer: {} })
  const shape = shapeOf({ $id: 'User@2000-01-01', type: 'object', properties: { id: { type: 'integer' } } })
  t.equal(compilers.validatorOf(shape), compilers.validatorOf(shape))
  t.equal(compilers.serializerOf(shape), compilers.serializerOf(shape))
  t.same(compilers.validatorOf(shape)({ id: '7' }), { value: { id: 7 } })
  t.equal(compilers.serializerOf(shape)({ id: 7, more: true }), '{"id":7}')
})

t.test('two shapes of one $id are never taken for one another', async (t) => {
  const compilers = buildCompilers({ ajv: { customOptions: { addUsedSchema: true } }, serializer: {} })
  t.match(compilers.validatorOf(shapeOf({ $id: 'X', type: 'string' }))('x'), { value: 'x' })
  t.match(compilers.validatorOf(shapeOf({ $id: 'X', type: 'object' }))('x'), { errors: [{ keyword: 'type', message: 'must be object' }] })
})

t.test('a value that is coerced as a whole is not lost', async (t) => {
  const compilers = buildCompilers({ ajv: {}, serializer: {} })
  t.same(compilers.validatorOf(shapeOf({ type: 'integer' }))('7'), { value: 7 })
})

t.test('an app in JTD mode keeps its mode', async (t) => {
  const compilers = buildCompilers({ ajv: { mode: 'JTD' }, serializer: {} })
  t.match(compilers.validatorOf(shapeOf({ properties: { id: { type: 'uint8' } } }))({ id: 700 }), { errors: [{ instancePath: '/id' }] })
})
