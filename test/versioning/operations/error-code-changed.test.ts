import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../../src/versioning/change.js'
import { deriveContracts } from '../../../src/versioning/contracts.js'
import { historyOf } from '../../../src/versioning/history.js'
import { errorCodeChanged } from '../../../src/versioning/operations/error-code-changed.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const Problem = Type.Object({ code: Type.String(), message: Type.String() }, { $id: 'Problem' })
const codes = { E_GONE: 'NOT_FOUND' }

test('A27 a code that is any text is the old one for older clients, others stay', (t) => {
  const { older, upgrade, downgrade } = tryOperation(errorCodeChanged({ codes }), 'Problem', [Problem])
  t.match(older('Problem'), { required: ['code', 'message'], properties: { code: { type: 'string' } } })
  t.strictSame(downgrade('Problem', { code: 'NOT_FOUND', message: 'x' }), { code: 'E_GONE', message: 'x' })
  t.strictSame(downgrade('Problem', { code: 'OTHER', message: 'x' }), { code: 'OTHER', message: 'x' })
  t.strictSame(downgrade('Problem', { code: 'constructor', message: 'x' }), { code: 'constructor', message: 'x' })
  t.strictSame(upgrade('Problem', { code: 'E_GONE', message: 'x' }), { code: 'NOT_FOUND', message: 'x' })
  t.end()
})

test('a code that is an enum has the old values, also where it lists some of them only, and several may have been one', (t) => {
  const Listed = Type.Object({ error: Type.Union([Type.Literal('CARD_EXPIRED'), Type.Literal('OTHER')]) }, { $id: 'Listed' })
  const operation = errorCodeChanged({ field: 'error', codes: { CARD: ['CARD_DECLINED', 'CARD_EXPIRED'], OLD: 'FRESH' } })
  const { older, upgrade, downgrade } = tryOperation(operation, 'Listed', [Listed])
  t.match(older('Listed'), { properties: { error: { enum: ['CARD', 'OTHER'] } } })
  t.strictSame(downgrade('Listed', { error: 'CARD_EXPIRED' }), { error: 'CARD' })
  t.strictSame(upgrade('Listed', { error: 'CARD' }), { error: 'CARD_DECLINED' })
  t.equal(operation.lossy?.why, '`CARD` does not say which of several codes it was')
  t.end()
})

test('A27 one place may have another code than others', (t) => {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'GET /users/:id 404', errorCodeChanged({ codes })) })
  const contracts = deriveContracts(history, { schemas: new Map(), places: new Map([['GET /users/:id 404', Problem], ['GET /orders/:id 404', Problem]]) })
  t.strictSame(contracts.shape('GET /users/:id 404', 0)?.downgrade({ code: 'NOT_FOUND', message: '' }), { code: 'E_GONE', message: '' })
  t.equal(contracts.shape('GET /orders/:id 404', 0), null)
  t.end()
})

test('a variant without the code is left alone', (t) => {
  const Bare = variant('Bare', Problem, (problem) => Type.Pick(problem, ['message']))
  t.strictSame(tryOperation(errorCodeChanged({ codes }), 'Problem', [Problem, Bare]).downgrade('Bare', { message: 'NOT_FOUND' }), { message: 'NOT_FOUND' })
  t.end()
})

test('A16 codes that do not fit', (t) => {
  const misfit = (operation: ReturnType<typeof errorCodeChanged>, message: string, schema: TSchema = Problem) =>
    t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
  misfit(errorCodeChanged({ codes: {} }), 'changes no code: give old and new codes in `codes`')
  misfit(errorCodeChanged({ codes: { A: [] } }), 'changes no code: give old and new codes in `codes`')
  misfit(errorCodeChanged({ codes: { A: 'A' } }), 'changes `A` to itself: leave it out of `codes`')
  misfit(errorCodeChanged({ codes: { A: 'C', B: ['C', 'D'] } }), 'gives two codes the same new code `C`, so that nobody could say which of them it was: each new code comes from one old code')
  misfit(errorCodeChanged({ field: 'type', codes }), 'changes codes in `type`, but there is no such field: name it in `field`, or correct the schema')
  for (const code of [Type.Integer(), Type.Literal('OTHER'), Type.Unsafe({ type: 'string', enum: ['OTHER'] })]) {
    misfit(errorCodeChanged({ codes }), 'needs one of [NOT_FOUND] among the values of `code`, or a text: correct the codes, or the schema', Type.Object({ code }, { $id: 'Numbered' }))
  }
  t.equal(tryOperation(errorCodeChanged({ codes }), 'Problem', [Problem]).lack('Problem', 'downgrade'), undefined)
  t.end()
})
