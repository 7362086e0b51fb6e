import { test } from 'tap'
import { change, isChange } from '../../src/versioning/change.js'
import { historyOf, sourceOf } from '../../src/versioning/history.js'
import { rename } from '../../src/versioning/operations/rename.js'

const one = change('one', 'A', rename({ a: 'b' }))
const two = change('two', ['A', 'B'], rename({ c: 'd' }), { transition: 'a.d', except: ['C'] })

test('a history lists versions oldest first and the changes of each in order', (t) => {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': [one, two] })
  t.strictSame(history.versions, ['2000-01-01', '2001-01-01'])
  t.strictSame(history.changesOf('2001-01-01'), [one, two])
  t.strictSame(history.changesOf('2000-01-01'), [])
  t.strictSame(history.changesOf('1999-01-01'), [])
  t.equal(sourceOf(history, one), 'versions[\'2001-01-01\'][0]')
  t.equal(sourceOf(history, change('a stranger', 'A', rename({ a: 'b' }))), 'a stranger')
  t.end()
})

test('a change says what it is about, and is known as one from any copy of the module', (t) => {
  t.match(two, { description: 'two', targets: ['A', 'B'], transition: 'a.d', except: ['C'], operation: { kind: 'rename' } })
  t.strictSame(one.targets, ['A'])
  t.ok(isChange(one))
  t.ok(isChange({ [Symbol.for('fastify-vintage.change')]: true }))
  for (const other of [null, undefined, 'change', {}, []]) t.notOk(isChange(other))
  t.end()
})

test('A16 bad, duplicate and unordered dates stop the start, each with the way out', (t) => {
  const refuses = (record: Parameters<typeof historyOf>[0], message: string) => t.throws(() => historyOf(record), { code: 'FST_ERR_VINTAGE_MISFIT', message })
  for (const date of ['2001', '2001-13-01', '2025-02-30', 'next', '2001-01-01T00:00:00Z', '__proto_']) {
    refuses({ [date]: [] }, `versions['${date}']: \`${date}\` is not a date: a version is named by a day of the calendar, YYYY-MM-DD.`)
  }
  refuses({ '2001-01-01': [], '2000-01-01': [] }, 'versions[\'2000-01-01\']: version 2000-01-01 comes after 2001-01-01: list the versions oldest first.')
  refuses({}, 'There are no versions: add a baseline such as `versions/2024-01-01.ts` with `export default []`.')
  t.end()
})

test('A16 what is not a change, is there twice, or comes with the oldest version stops the start', (t) => {
  const refuses = (value: unknown, message: string) => t.throws(() => historyOf({ '2000-01-01': [], '2001-01-01': JSON.parse(JSON.stringify(value)) }), { code: 'FST_ERR_VINTAGE_MISFIT', message })
  refuses(null, 'versions[\'2001-01-01\']: exports null, not a change: export what `change(…)` returns, or a list of that.')
  refuses([{}, 1], 'versions[\'2001-01-01\'][0]: exports object, not a change: export what `change(…)` returns, or a list of that.')
  t.throws(() => historyOf({ '2000-01-01': [], '2001-01-01': one, '2002-01-01': [two, one] }), { message: 'versions[\'2002-01-01\'][1]: `one` is also exported by versions[\'2001-01-01\']: a change belongs to one place in one version.' })
  t.throws(() => historyOf({ '2001-01-01': one }), { message: /2001-01-01 is the oldest version, there is nothing that it could have changed: add an empty baseline before it/ })
  t.end()
})
