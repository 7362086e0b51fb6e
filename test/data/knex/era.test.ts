import { loadModule } from 'libpg-query'
import t from 'tap'
import { Era } from '../../../src/data/knex/era.js'

await loadModule()

t.test('an era is idle when the last statement has left, however often one says so', async (t) => {
  const era = new Era({ tables: [] })
  const told: string[] = []
  t.equal(era.isIdle, true)
  const [leaveFirst, leaveSecond] = [era.enter(), era.enter()]
  leaveFirst()
  leaveFirst()
  t.equal(era.isIdle, false)
  era.onIdle(() => told.push('idle'))
  leaveSecond()
  t.equal(era.isIdle, true)
  t.strictSame(told, ['idle'])
})

t.test('without a table in transition a statement passes unread', async (t) => {
  t.equal(new Era({ tables: [] }).serve('no SQL at all'), 'no SQL at all')
})
