import type { Knex } from 'knex'
import t from 'tap'
import { PHASES } from '../../../src/data/phases.js'
import { createTwins, knownTo } from './twins.js'

type Form = (knex: Knex) => PromiseLike<unknown>
const sql = (text: string, bindings: Knex.RawBinding[] = []): Form => async (knex) => (await knex.raw(text, bindings)).rows

/** Statements of an application that knows head only. Rows come back in a fixed order, or one row. */
const FORMS: Record<string, Form> = {
  'select of a column': (knex) => knex('users').select('full_name').orderBy('id'),
  'select *': (knex) => knex('users').orderBy('id'),
  'select u.*': (knex) => knex('users as u').select('u.*').orderBy('u.id'),
  'select * with more columns': sql('select *, full_name as again, 1 as one from users order by id'),
  where: (knex) => knex('users').where({ full_name: 'Ada Lovelace' }).orderBy('id'),
  'where in, like, null': (knex) => knex('users').whereIn('full_name', ['Bob', '李 雷']).orWhere('full_name', 'like', 'Ana%').orWhereNull('full_name').orderBy('id'),
  first: (knex) => knex('users').where('full_name', 'Bob').first(),
  pluck: (knex) => knex('users').orderBy('id').pluck('full_name'),
  count: (knex) => knex('users').count('full_name').countDistinct('full_name as different').first(),
  'min and max': (knex) => knex('users').min('full_name').max('users.full_name as highest').first(),
  'order by name': (knex) => knex('users').select('id', 'full_name').orderBy([{ column: 'full_name', order: 'desc' }, 'id']),
  'order by a column that is not selected': (knex) => knex('users').select('id').orderBy('full_name', 'desc').orderBy('id'),
  'order by position': sql('select full_name, id from users order by 1 desc, 2'),
  'order by expression': sql('select id, full_name from users order by lower(full_name) || id'),
  'order by an alias that hides the column': sql('select id, -length(full_name) as full_name from users order by full_name, id'),
  'order by an alias that bears an old name': sql('select id, full_name as first_name from users order by first_name, id'),
  distinct: (knex) => knex('users').distinct('full_name').orderBy('full_name'),
  'distinct on': sql('select distinct on (full_name) full_name, id from users order by full_name, id desc'),
  'distinct on an output name': sql('select distinct on (n) upper(full_name) as n, id from users order by n, id'),
  'group by': (knex) => knex('users').select('full_name').count('* as n').groupBy('full_name').orderBy('full_name'),
  'group by, having': sql('select full_name, count(*)::int as n from users group by full_name having count(*) > 1 and max(full_name) > \'A\''),
  'group by an expression': sql('select upper(full_name) as upper_name, sum(score)::int as s from users group by upper(full_name) order by 1'),
  'group by an alias': sql('select left(full_name, 1) as initial, count(*)::int as n from users group by initial order by initial'),
  'group by an alias that hides the column': sql('select left(full_name, 1) as full_name, count(*)::int as n from users group by full_name order by full_name, n'),
  'group by the key': sql('select u.id, u.full_name, count(o.id)::int as n from users u left join orders o on o.user_id = u.id group by u.id order by u.id'),
  rollup: sql('select full_name, grouping(full_name) as g, count(*)::int as n from users group by rollup (full_name) order by 1, 2'),
  'grouping sets': sql('select full_name, score, count(*)::int as n from users group by grouping sets ((full_name, score), (full_name), ()) order by 1, 2, 3'),
  'group by a row': sql('select full_name, score from users group by (full_name, score) order by 1, 2'),
  join: (knex) => knex('users').join('orders', 'orders.user_id', 'users.id').select('orders.id', 'full_name', 'label').orderBy('orders.id'),
  'join on the column': (knex) => knex('users as u').join('orders as o', 'o.label', knex.raw("split_part(u.full_name, ' ', 1)")).select('u.id as user', 'o.id as order').orderBy('u.id'),
  'join, select *': (knex) => knex('users').leftJoin('orders', 'orders.user_id', 'users.id').orderBy('users.id').orderBy('orders.id'),
  'join, one side': sql('select o.*, u.full_name from users u right join orders o on o.user_id = u.id order by o.id'),
  'self-join': sql('select a.id, b.id as other, a.full_name, b.full_name as second from users a join users b on a.full_name = b.full_name and a.id < b.id order by 1'),
  'self-join, select *': sql('select * from users a cross join users b where a.id = 1 and b.id in (2, 3) order by b.id'),
  'join using': sql('select id, users.full_name, people.full_name as theirs from users join people using (id) order by id'),
  'join using, written out star': sql('select u.* from users u left join people p using (id) order by id'),
  'self-join using, select *': sql('select * from users a join users b using (id, email) order by id'),
  'three tables': sql('select u.full_name, p.full_name as theirs, o.label from orders o join users u on u.id = o.user_id left join people p on p.full_name = u.full_name order by o.id'),
  'sub-query in FROM': sql('select s.full_name from (select id, full_name from users) s order by s.full_name, s.id'),
  'sub-query in FROM, select *': sql('select * from (select * from users where full_name > $$B$$) s order by id'),
  'sub-query with renamed columns': sql('select a, b from (select id, full_name from users) as s (a, b) order by a'),
  'scalar sub-query': sql('select o.id, (select full_name from users where users.id = o.user_id) from orders o order by o.id'),
  'correlated sub-query': sql('select id, full_name from users u where exists (select from people p where p.full_name = u.full_name) order by id'),
  'correlated by a bare name': sql('select id from users where exists (select from orders where label = split_part(full_name, $$ $$, 1)) order by id'),
  'inner table hides the bare name': sql('select id, (select max(full_name) from people where id = 7) as theirs from users order by id'),
  'where in sub-query': (knex) => knex('orders').whereIn('user_id', knex('users').select('id').where('full_name', 'like', 'A%')).orderBy('id'),
  'where not exists': (knex) => knex('users').whereNotExists(knex('orders').whereRaw('orders.user_id = users.id')).select('full_name').orderBy('id'),
  'array sub-query': sql('select array(select full_name from users order by id) as names'),
  'any of a sub-query': sql("select 'Bob' = any (select full_name from users) as yes"),
  lateral: sql('select o.id, s.full_name from orders o left join lateral (select full_name from users where id = o.user_id limit 1) s on true order by o.id'),
  'lateral over a bare name': sql('select id, s.x from users, lateral (select upper(full_name) as x) s order by id'),
  'function in FROM': sql("select id, part from users, regexp_split_to_table(full_name, ' ') as part order by id, part"),
  'function in FROM, its own name': sql("select u.id, regexp_split_to_table.* from users u, regexp_split_to_table(u.full_name, ' ') order by 1, 2"),
  'rows from': sql('select u.full_name, g.* from users u, rows from (generate_series(1, u.id)) as g order by 1, 2'),
  values: sql('select v.n, u.full_name from (values (1), (2)) as v (n) join users u on u.id = v.n order by 1'),
  'values with sub-queries': sql('values ((select full_name from users where id = 1)), ((select min(full_name) from users)) order by column1 desc'),
  cte: (knex) => knex.with('named', knex('users').select('id', 'full_name')).from('named').where('full_name', 'Bob'),
  'cte, select *': sql('with u as (select * from users) select * from u order by id'),
  'cte with renamed columns': sql('with u (a, b) as (select full_name, id from users) select a from u order by b'),
  'cte named like the table': sql('with users as (select id, full_name || $$!$$ as full_name, 1 as first_name from users) select full_name, first_name from users order by id'),
  'recursive cte': sql('with recursive walk as (select id, full_name from users where id = 1 union all select u.id, w.full_name || u.full_name from users u join walk w on u.id = w.id + 1) select * from walk order by id'),
  'recursive cte with search': sql('with recursive walk (id, name) as (select id, full_name from users where id = 1 union all select u.id, u.full_name from users u join walk w on u.id = w.id + 1) search breadth first by id set seq select id, name from walk order by seq'),
  union: (knex) => knex('users').select('full_name').union(knex('people').select('full_name')).orderBy('full_name'),
  'union all, except, intersect': sql('(select full_name from users except select full_name from people) union all select label from orders order by full_name limit 4'),
  'with in a union': sql('(with u as (select * from users) select full_name from u) union all (select full_name from users order by id limit 1) order by 1'),
  'window function': sql('select id, row_number() over (partition by full_name order by id)::int as n, lag(full_name) over w as before from users window w as (order by full_name, id) order by id'),
  'aggregate with order and filter': sql("select string_agg(full_name, ',' order by full_name desc) filter (where full_name <> 'Bob') as names from users"),
  'ordered-set aggregate': sql('select percentile_disc(0.5) within group (order by full_name) as middle from users'),
  case: sql("select id, case full_name when 'Bob' then 1 else 2 end, case when full_name = 'Bob' then 'b' else full_name end from users order by id"),
  'casts, coalesce and collation': sql('select id, full_name::varchar(3), coalesce(full_name, $$-$$), full_name collate "C", nullif(full_name, $$Bob$$), greatest(full_name, $$B$$), array[full_name], row(full_name, 1) from users order by id'),
  'conditions between rows': sql("select id from users where (full_name, id) > ('B', 0) and full_name between 'A' and 'Z' and full_name is distinct from 'Bob' order by id"),
  json: sql("select jsonb_build_object('name', full_name, 'tags', tags -> 'vip') as user from users where tags \\? 'vip' order by id"),
  'jsonb operators of knex': (knex) => knex('users').whereJsonPath('tags', '$.vip', '=', true).select('full_name').jsonExtract('tags', '$.vip', 'vip'),
  'non-ASCII text before a reference': sql("select 'Ñandú 李雷 🙂' as \"größe\", full_name, '🙂' || full_name as smile from users order by id"),
  'quoted names': sql('select "u"."full_name" as "Full ""Name""" from "users" as "u" order by "u"."id"'),
  'odd spelling': sql('select U.FULL_NAME, u . /* c */ "full_name" as b -- c\n from USERS as U order by u.id'),
  'escaped names': sql('select U&"\\0066ull_name" from U&"\\0075sers" order by id'),
  'schema in the statement': (knex) => knex('users').withSchema(schemaOf(knex)).select('full_name', 'users.*').orderBy('id'),
  'names with the schema': (knex) => knex.raw('select ??.users.full_name, ??.users.* from ??.users order by ??.users.full_name, users.id', Array(4).fill(schemaOf(knex))).then(({ rows }) => rows),
  'only and tablesample': sql('select full_name from only users tablesample bernoulli (100) repeatable (length(\'x\')) order by id'),
  'for update': (knex) => knex.transaction((trx) => trx('users').where('full_name', 'Bob').forUpdate()),
  'for update of': (knex) => knex.transaction((trx) => trx('users as u').join('orders as o', 'o.user_id', 'u.id').select('o.id', 'full_name').forUpdate('u').orderBy('o.id')),
  'limit and offset': (knex) => knex('users').orderBy('full_name').orderBy('id').limit(2).offset(1),
  'limit from a sub-query': sql('select full_name from users order by id limit (select count(*) from users where full_name > $$B$$)'),
  'several statements at once': async (knex) => ((await knex.raw('select 1 as é; select full_name from users order by id')) as unknown as { rows: unknown }[]).map(({ rows }) => rows),
  explain: async (knex) => (await knex.raw('explain (costs off) select full_name from people')).rows,
  xml: sql('select xmlforest(full_name as n) as x from users where id = 1'),
  'json table': sql("select u.full_name, j.a from users u, json_table('[{\"a\": 1}]'::jsonb, '$[*]' columns (a int path '$.a')) j where u.id = 2"),
  'xml table': sql("select u.full_name, x.a from users u, xmltable('/r' passing xmlparse(document '<r><a>1</a></r>') columns a int path 'a') x where u.id = 2"),
  columnInfo: async (knex) => Object.keys(await knex('users').columnInfo()),
  hasColumn: async (knex) => [await knex.schema.hasColumn('users', 'full_name'), await knex.schema.hasColumn('users', 'first_name')],
  'catalogue with an alias': sql("select c.column_name from information_schema.columns as c where c.table_name = 'users' and c.table_schema = current_schema() order by c.ordinal_position"),
  'tables that nobody moves': (knex) => knex('people').join('orders', 'orders.id', 'people.id').orderBy('people.id')
}

function schemaOf (knex: Knex): string {
  return knex.client.config.searchPath[0]
}

const SINCE = { 'json table': 17 }

/** Column names and order count as well; types as Postgres sends them. */
const shown = async (result: PromiseLike<unknown>): Promise<string> => JSON.stringify(await result, null, 1)

for (const phase of PHASES.slice(1)) {
  t.test(`D7 at ${phase} each read gives what a table gives that always had the new column`, async (t) => {
    const { live, plain } = await createTwins(t, phase)
    for (const [name, form] of await knownTo(plain, FORMS, SINCE)) {
      await t.test(name, async (t) => {
        t.equal(await shown(form(live)), await shown(form(plain)))
      })
    }
  })
}
