import t from 'tap'
import { compileValidator, refusalOfHead } from '../../src/http/validate.js'

t.test('a validator that fails without errors still refuses', async (t) => {
  t.same(compileValidator(() => false)('x'), { errors: [] })
  t.same(compileValidator(Object.assign(() => false, { errors: [null, { keyword: 'type' }] }))('x'), { errors: [{ keyword: 'type' }] })
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
  const error = new Error('invalid')
  t.equal(await refusalOfHead(async () => { throw error }, 'x'), error)
  t.equal(await refusalOfHead(() => { throw error }, 'x'), error)
})
