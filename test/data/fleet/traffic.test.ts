import pg from 'pg'
import t from 'tap'
import { walkInCalm } from '../../../scripts/chaos/calm.js'
import { NAME } from '../../../scripts/chaos/people.js'
import { CREATE_TABLE } from '../../../scripts/chaos/rows.js'
import { createDatabase } from '../../database.js'

// `npm run test:chaos` walks both of its transitions so before the first fault comes, at 200 requests a second and more.
t.test('D11 five processes, an old build and a foreign prepared select * among them, while every phase is walked there and back: no request of ours fails, and every read is the last committed value or a concurrent one', async (t) => {
  const { url } = await createDatabase(t)
  const database = new pg.Client({ connectionString: url })
  await database.connect()
  t.teardown(async () => await database.end())
  await database.query(CREATE_TABLE)
  const { requestsPerSecond, problems, ownErrors, otherErrors } = await walkInCalm(database, { url, folder: t.testdir(), seed: 11, breathMs: 60, transitions: [NAME] })
  t.strictSame(ownErrors, [])
  t.strictSame(problems, [])
  t.ok(requestsPerSecond > 10, `${requestsPerSecond.toFixed(0)} requests a second`)
  t.ok(otherErrors.some((error) => error.startsWith('42703')), 'the old build fails while its columns are hidden')
  t.ok(otherErrors.some((error) => error.startsWith('0A000')), 'what somebody else has prepared has to be prepared again')
  t.strictSame(otherErrors.filter((error) => !/^(?:42703|0A000)/.test(error)), [])
})
