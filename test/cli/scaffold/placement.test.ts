import { join } from 'node:path'
import t from 'tap'
import { folderFor } from '../../../src/cli/scaffold/placement.js'

t.test('a version has a folder of its own, and work without a date lies in next/', async (t) => {
  const versions = t.testdir({ '2024-01-01.ts': '', '2026-11-01': {}, transitions: {} })
  t.equal(folderFor(versions, undefined), join(versions, 'next'))
  t.equal(folderFor(versions, '2027-01-01'), join(versions, '2027-01-01'))
  t.equal(folderFor(versions, '2026-11-01'), join(versions, '2026-11-01'), 'one more change of the newest version')
  t.equal(folderFor(join(versions, 'none'), '2020-01-01'), join(versions, 'none', '2020-01-01'), 'the first version')
})

t.test('what is no day of the calendar is refused', async (t) => {
  for (const date of ['2027-02-30', '2027-13-01', '20270101', '2027-01-01.ts', 'tomorrow', '']) {
    t.throws(() => folderFor('.', date), { code: 'FST_ERR_VINTAGE_USAGE', message: /is not a date/ }, date)
  }
})

t.test('a date before the newest version is refused, since released versions never change', async (t) => {
  const versions = t.testdir({ '2024-01-01.ts': '', '2026-11-01': {} })
  t.throws(() => folderFor(versions, '2025-01-01'), { code: 'FST_ERR_VINTAGE_USAGE', message: /before the newest version, 2026-11-01/ })
})

t.test('a version that is one file is not given a folder beside it', async (t) => {
  const versions = t.testdir({ '2026-11-01.ts': '' })
  t.throws(() => folderFor(versions, '2026-11-01'), { code: 'FST_ERR_VINTAGE_USAGE', message: /is the single file .*2026-11-01\.ts/ })
})
