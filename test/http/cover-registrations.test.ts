import t from 'tap'
import { coverRegistrations } from '../../src/http/cover-registrations.js'
import { change } from '../../src/versioning/change.js'
import { historyOf } from '../../src/versioning/history.js'
import { C1, V0, V1, V2 } from './shop.js'

t.test('a change of an `$id` stays as it is, with its source; an unknown version has no changes', async (t) => {
  const covering = coverRegistrations(historyOf({ [V0]: [], [V1]: [C1] }), new Set(), { registrations: new Map([['GET /a', ['GET /a{"host":"b.example"}']]]), spans: new Map() })
  const [change] = covering.changesOf(V1)
  t.same(change?.targets, ['User'])
  t.same([...covering.sources.values()], ["versions['2001-01-01']"])
  t.same(covering.changesOf('1999-01-01'), [])
})

t.test('A31 a change of a place reaches the registrations that answer at its version; where none does it stays as it is', async (t) => {
  const rename = (target: string) => change('renamed', target, C1.operation)
  const targetsOf = (spans: ReadonlyMap<string, ReadonlyArray<{ fromIndex: number, toIndex: number }>>) => {
    const history = historyOf({ [V0]: [], [V1]: [], [V2]: [rename('GET /a 200')] })
    const covering = coverRegistrations(history, new Set(['GET /a 200', 'GET /a{"versions":[[1,2]]} 200']), { registrations: new Map([['GET /a', ['GET /a{"versions":[[1,2]]}']]]), spans })
    return covering.changesOf(V2)[0]?.targets
  }
  const [first, second] = ['GET /a', 'GET /a{"versions":[[1,2]]}']
  t.same(targetsOf(new Map([[first, [{ fromIndex: 0, toIndex: 0 }]], [second, [{ fromIndex: 1, toIndex: 2 }]]])), ['GET /a{"versions":[[1,2]]} 200'])
  t.same(targetsOf(new Map([[first, [{ fromIndex: 0, toIndex: 1 }]], [second, [{ fromIndex: 2, toIndex: 2 }]]])), ['GET /a 200', 'GET /a{"versions":[[1,2]]} 200'])
  t.same(targetsOf(new Map([[first, [{ fromIndex: 0, toIndex: 0 }]], [second, [{ fromIndex: 0, toIndex: 0 }]]])), ['GET /a 200'])
})
