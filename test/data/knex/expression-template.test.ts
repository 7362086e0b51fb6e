import { loadModule } from 'libpg-query'
import t from 'tap'
import { templateOf } from '../../../src/data/knex/expression-template.js'

await loadModule()

t.test('bare names become columns of the row, whatever they look like', async (t) => {
  for (const [expression, expected] of [
    ['first_name', '("u"."first_name")'],
    ["trim(First_Name) || ' é first_name' || \"Last \"\"Name\"\"\"", "(trim(\"u\".\"first_name\") || ' é first_name' || \"u\".\"Last \"\"Name\"\"\")"],
    ['case when a > 1 then a else b end -- first_name', '(case when "u"."a" > 1 then "u"."a" else "u"."b" end -- first_name\n)'],
    ["'EUR'", "('EUR')"],
    ['(amount * 100)::bigint', '(("u"."amount" * 100)::bigint)']
  ] as const) t.equal(templateOf('users.x', expression)('"u"'), expected)
})

t.test('what is not one expression over bare names is refused', async (t) => {
  for (const expression of ['', 'a, b', '1) union select (2', 'a) from (select 1) x where (true', 'users.first_name', 'select 1; select 2', 'a from b', '1); delete from users where (true', '(select 1) x) limit (1', 'concat(users.*)', '(select max(b) from c)', 'coalesce((select 1), a)']) {
    t.throws(() => templateOf('users.x', expression), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /transition `users\.x`: `upgrade`/ }, expression)
  }
})
