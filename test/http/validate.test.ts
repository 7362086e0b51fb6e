import t from 'tap'
import { compileValidator, errorsIn, refusalOfHead } from '../../src/http/validate.js'

const error = { keyword: 'type', instancePath: '/a', schemaPath: '#/type', params: {} }

t.test('a validator that fails without errors still refuses', async (t) => {
  t.same(compileValidator(() => false)('x'), { errors: [] })
  t.same(compileValidator(Object.assign(() => false, { errors: [null, { keyword: 'type' }, error] }))('x'), { errors: [error] })
})

t.test('the verdict of head is understood, whatever compiler made the validator', async (t) => {
  t.equal(await refusalOfHead(undefined, 'x'), null, 'no schema at head')
  t.equal(await refusalOfHead(() => true, 'x'), null)
  t.equal(await refusalOfHead(() => undefined, 'x'), null)
  t.equal(await refusalOfHead(() => ({ value: 'x' }), 'x'), null)
  t.equal(await refusalOfHead(() => ({ error: null, value: 'x' }), 'x'), null)
  t.equal(await refusalOfHead(async () => ({ id: 1 }), 'x'), null, 'an asynchronous one resolves with the data')
  t.equal(await refusalOfHead(() => ({ error: 'no' }), 'x'), 'no')
  t.equal(await refusalOfHead(() => false, 'x'), 'refused')
  t.same(await refusalOfHead(Object.assign(() => false, { errors: [{ keyword: 'type' }] }), 'x'), [{ keyword: 'type' }])
  const thrown = new Error('invalid')
  t.equal(await refusalOfHead(async () => { throw thrown }, 'x'), thrown)
  t.equal(await refusalOfHead(() => { throw thrown }, 'x'), thrown)
})

t.test('an asynchronous validator of an old shape refuses by the errors that its promise fails with', async (t) => {
  t.same(await compileValidator(async () => ({ id: 1 }))('x'), { value: 'x' })
  t.same(await compileValidator(async () => { throw Object.assign(new Error('validation failed'), { errors: [error] }) })('x'), { errors: [error] })
  await t.rejects(async () => await compileValidator(async () => { throw new Error('no database') })('x'), /no database/)
})

t.test('the errors of ajv are found in what a validator said, whichever way', async (t) => {
  t.same(errorsIn([error, 'x', {}, { keyword: 'type', instancePath: '' }]), [error])
  t.same(errorsIn(Object.assign(new Error('no'), { errors: [error] })), [error])
  t.same(errorsIn(new Error('no')), [])
  t.same(errorsIn('refused'), [])
})
