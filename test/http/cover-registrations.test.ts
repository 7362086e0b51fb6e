import t from 'tap'
import { coverRegistrations } from '../../src/http/cover-registrations.js'
import { historyOf } from '../../src/versioning/history.js'
import { C1, V0, V1 } from './shop.js'

t.test('a change of an `$id` stays as it is, with its source; an unknown version has no changes', async (t) => {
  const covering = coverRegistrations(historyOf({ [V0]: [], [V1]: [C1] }), new Set(), { registrations: new Map([['GET /a', ['GET /a{"host":"b.example"}']]]), spans: new Map() })
  const [change] = covering.changesOf(V1)
  t.same(change?.targets, ['User'])
  t.same([...covering.sources.values()], ["versions['2001-01-01']"])
  t.same(covering.changesOf('1999-01-01'), [])
})
