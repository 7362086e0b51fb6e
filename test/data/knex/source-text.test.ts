import { loadModule } from 'libpg-query'
import t from 'tap'
import { SourceText } from '../../../src/data/knex/source-text.js'

await loadModule()

t.test('positions count in bytes, comments between the parts of a name do not count', async (t) => {
  const text = new SourceText("select 'é🙂', u /* . */ . -- ü\n full_name, x")
  const place = Buffer.byteLength("select 'é🙂', ")
  text.replace(text.rangeOf(place, 2), 'A')
  text.replace(text.rangeOf(place, 2), 'B')
  text.replace(text.rangeOf(0, 1), 'SELECT')
  t.equal(text.toString(), "SELECT 'é🙂', B, x")
})

t.test('a name that does not stand where it should is an error, not a guess', async (t) => {
  const text = new SourceText('select a')
  for (const [location, parts] of [[1, 1], [7, 2], [99, 1]] as const) {
    t.throws(() => text.rangeOf(location, parts), { code: 'FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD' })
  }
})
