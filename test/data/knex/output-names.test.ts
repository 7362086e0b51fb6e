import { loadModule, parseSync } from 'libpg-query'
import t from 'tap'
import { outputNameOf } from '../../../src/data/knex/output-names.js'
import { createDatabase } from '../../database.js'

await loadModule()

/** Over `t (a int[], r some_row)`, where `some_row` is `(x int[])`. */
const EXPRESSIONS = [
  'a', 't.a', 'a as b', 'a || 1', 'a::text', '1::numeric(3,1)', '(a::text)::varchar', '(1::int)::text', 'a[1]', '(r).x', '(r).x[1]', 'upper(a::text)', 'pg_catalog.upper(a::text)', 'a::text collate "C"',
  'case when true then null else a end', 'case when true then 1 end', 'case when true then 1 else 2::int end', 'exists (select)', 'array(select 1)', '(select t.a)', '(select 1 as q)',
  '(select 2 union select 3 limit 1)', '(select z from (select 1 as z) s union all select 2 limit 1)', '(values (1))', 'array[1]', 'row(1, 2)', 'coalesce(a, a)', 'nullif(1, 2)',
  'greatest(1, 2)', 'least(1, 2)', '1', '1 = any (select 1)', 'a is null',
  'current_date', 'current_timestamp(2)', 'localtime', 'current_user', 'user', 'session_user', 'current_schema', 'current_catalog', 'current_role'
]

t.test('columns get the names that Postgres gives them', async (t) => {
  const { knex } = await createDatabase(t)
  await knex.raw('create type some_row as (x int[])')
  const sql = `select ${EXPRESSIONS.join(', ')} from (select array[1] as a, row('{1}'::int[])::some_row as r) t`
  const { fields } = await knex.raw(sql)
  const select = parseSync(sql).stmts?.[0]?.stmt
  if (select === undefined || !('SelectStmt' in select)) throw new TypeError('no select')
  const names = select.SelectStmt.targetList?.map((target) => 'ResTarget' in target ? outputNameOf(target.ResTarget) ?? '?column?' : '')
  t.strictSame(names, fields.map(({ name }: { name: string }) => name))
})
