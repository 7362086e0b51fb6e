import t from 'tap'
import { buildVersionTable } from '../../src/http/version-table.js'
import { isCalendarDate } from '../../src/versioning/history.js'

const table = buildVersionTable(['2000-01-01', '2001-01-01', '2002-01-01'])

t.test('versions are interned to their index', async (t) => {
  t.equal(table.indexOf('2000-01-01'), 0)
  t.equal(table.indexOf('2002-01-01'), table.headIndex)
  t.equal(table.indexOf('2001-06-01'), undefined)
  t.equal(table.listed, '2000-01-01, 2001-01-01, 2002-01-01')
})

t.test('A5 names of object properties are no versions', async (t) => {
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    t.equal(table.indexOf(name), undefined)
    t.equal(table.indexNotAfter(name), undefined)
  }
})

t.test('A3 a date resolves to the latest version that is not after it', async (t) => {
  t.equal(table.indexNotAfter('2000-01-01'), 0)
  t.equal(table.indexNotAfter('2001-12-31'), 1)
  t.equal(table.indexNotAfter('2050-01-01'), 2)
  t.equal(table.indexNotAfter('1999-12-31'), undefined)
  t.equal(table.indexNotAfter('2001-02-30'), undefined)
})

t.test('a date is a day of the calendar and nothing else', async (t) => {
  t.ok(isCalendarDate('2024-02-29'))
  for (const text of ['2025-02-29', '2025-40-01', '20010101', '2001-01-01T00:00:00', ' 2001-01-01', '2001-1-1', '2001-01-01\n']) t.notOk(isCalendarDate(text), text)
})
