import t from 'tap'
import { remember } from '../../../src/data/knex/rewritten-texts.js'

t.test('statements used last are rewritten once, and memory stays bounded', async (t) => {
  const seen: string[] = []
  const rewrite = remember((sql) => {
    seen.push(sql)
    return `${sql}!`
  }, 2)
  for (const sql of ['a', 'b', 'a', 'c', 'a', 'b']) t.equal(rewrite(sql), `${sql}!`)
  t.strictSame(seen, ['a', 'b', 'c', 'b'])
})

t.test('a very long statement, as of a batch insert, is not kept', async (t) => {
  let calls = 0
  const rewrite = remember((sql) => {
    calls++
    return sql
  })
  const long = 'x'.repeat(30_000)
  t.equal(rewrite(long), rewrite(long))
  t.equal(calls, 2)
})
