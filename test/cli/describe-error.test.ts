import t from 'tap'
import { createColors } from 'picocolors'
import { describeError, errorDocument } from '../../src/cli/describe-error.js'
import { exitCodeOf } from '../../src/cli/exit-codes.js'
import { ConfigError, MisfitError, UsageError } from '../../src/errors.js'

const plain = createColors(false)

t.test('an error is told with its causes, each once, and its code', async (t) => {
  const root = new Error('connect ECONNREFUSED 127.0.0.1:5432')
  const middle = new Error('the server does not answer', { cause: root })
  const error = Object.assign(new MisfitError('no status: the server does not answer'), { cause: middle })
  t.equal(describeError(error, plain), [
    'error no status: the server does not answer',
    '  caused by: connect ECONNREFUSED 127.0.0.1:5432',
    '  code: FST_ERR_VINTAGE_MISFIT'
  ].join('\n'))
})

t.test('causes that go round in a circle end', async (t) => {
  const error = new Error('one')
  error.cause = error
  t.match(describeError(error, plain), /^error one\n/)
})

t.test('an error without a code shows its stack; what is no error is told as text', async (t) => {
  t.match(describeError(new TypeError('x is undefined'), plain), /describe-error\.test/)
  t.equal(describeError(Object.assign(new Error('bare'), { stack: undefined }), plain), 'error bare')
  t.equal(describeError('text', plain), 'error text')
})

t.test('several connection attempts that failed are told in one message', async (t) => {
  const error = Object.assign(new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]), { code: 'ECONNREFUSED' })
  t.same(errorDocument(error, 1), { error: { code: 'ECONNREFUSED', message: '::1 refused; 127.0.0.1 refused' }, exitCode: 1 })
  t.same(errorDocument(new Error('no code'), 1), { error: { code: null, message: 'no code' }, exitCode: 1 })
})

t.test('the exit code follows the error code', async (t) => {
  t.equal(exitCodeOf(new UsageError('no')), 2)
  t.equal(exitCodeOf(new ConfigError('no')), 2)
  t.equal(exitCodeOf(new MisfitError('no')), 1)
  t.equal(exitCodeOf(new Error('no')), 1)
  t.equal(exitCodeOf('no'), 1)
  t.equal(exitCodeOf(Object.assign(new Error('no'), { code: 42 })), 1)
  t.equal(exitCodeOf(Object.assign(new Error('no'), { code: 'FST_ERR_VINTAGE_REFUSED_BEHIND' })), 3)
})
