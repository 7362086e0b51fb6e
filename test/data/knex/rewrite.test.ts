import { loadModule } from 'libpg-query'
import t from 'tap'
import { rewrite } from '../../../src/data/knex/rewrite.js'
import type { GoneColumn, OtherRelation, SpannedColumn, TableState, TableStates } from '../../../src/data/knex/table-state.js'
import type { ReadMode } from '../../../src/data/phases.js'

await loadModule()

/** Reads show as `‹row.column›`. */
function tableState (schema: string, table: string, visible: boolean, mode: ReadMode, columns: { head: string[], after: string[], before: string[] }): TableState {
  const transition = `${table}.transition`
  const spanned = columns.after.map((name): [string, SpannedColumn] => [name, { name, transition, mode, read: (row) => `‹${row}.${name}›` }])
  const gone = [...columns.before, 'pending'].map((name): [string, GoneColumn] =>
    [name, { name, transition, mode, kind: name === 'pending' ? 'marker' : 'old', instead: columns.after }])
  const uniqueKeys = [{ name: `${table}_pkey`, columns: ['id'] }, { name: `${table}_name_key`, columns: ['id', ...columns.after] }, { name: `${table}_old_key`, columns: columns.before }]
  return { schema, table, visible, headColumns: columns.head, spanned: new Map(spanned), gone: new Map(gone), uniqueKeys }
}

const other = (table: string, namesakes: string[] = [], visible = true): OtherRelation => ({ schema: 'public', table, visible, namesakes: new Set(namesakes) })

function statesIn (mode: ReadMode, others?: readonly OtherRelation[]): TableStates {
  const tables = [
    tableState('public', 'users', true, mode, { head: ['id', 'full_name'], after: ['full_name'], before: ['first_name', 'last_name'] }),
    tableState('shop', 'Bills', false, mode, { head: ['id', 'Total "x"'], after: ['Total "x"'], before: ['amount'] })
  ]
  return { tables, ...others === undefined ? {} : { others } }
}

const spanned = statesIn('spanned', [other('people', ['full_name']), other('orders'), other('old_people', ['first_name'])])
const U = '‹"users".full_name›'

/** Statement → what it becomes while rows are still to be filled. */
const SPANNED: readonly (readonly [string, string])[] = [
  // left alone
  ['select id from users', 'select id from users'],
  ['select full_name from people', 'select full_name from people'],
  ['select users.id, users.ctid from users', 'select users.id, users.ctid from users'],
  ['select * from people', 'select * from people'],
  ['-- users', '-- users'],
  ['select (select from orders) from users', 'select (select from orders) from users'],
  ['select a, users.id from people as p (a, b), users', 'select a, users.id from people as p (a, b), users'],
  ['select no_such.*, no_such.full_name from users', 'select no_such.*, no_such.full_name from users'],
  ['select row(p.*), 1 as full_name from people p, users order by row(p.*)', 'select row(p.*), 1 as full_name from people p, users order by row(p.*)'],
  ['select p.id from people p, unseen x, users u where p.id = x.id order by p.id', 'select p.id from people p, unseen x, users u where p.id = x.id order by p.id'],
  ['select * from people join orders using (id)', 'select * from people join orders using (id)'],
  ['select * from (people join orders using (id)) as j', 'select * from (people join orders using (id)) as j'],
  ['select * from people natural join orders', 'select * from people natural join orders'],
  ['select m.id, j.x from people join orders using (id) as m, json_to_recordset(a) as j (x int)', 'select m.id, j.x from people join orders using (id) as m, json_to_recordset(a) as j (x int)'],
  ['select p.* from people p, users', 'select p.* from people p, users'],
  ['update users set full_name = $1', 'update users set full_name = $1'],
  ['insert into users (id, full_name) values ($1, default)', 'insert into users (id, full_name) values ($1, default)'],
  ['insert into users default values', 'insert into users default values'],
  ['savepoint users', 'savepoint users'],
  ['truncate users', 'truncate users'],
  ['set local lock_timeout = 1', 'set local lock_timeout = 1'],
  ['create index on people (full_name)', 'create index on people (full_name)'],
  ['discard plans', 'discard plans'],
  ['reset lock_timeout', 'reset lock_timeout'],
  ["select set_config('a.b', 'search_path', true)", "select set_config('a.b', 'search_path', true)"],
  ['select full_name from other.users', 'select full_name from other.users'],
  ['select "Total ""x""" from "Bills"', 'select "Total ""x""" from "Bills"'],
  // references
  ['select full_name from users', `select ${U} from users`],
  ['select u.full_name from users u', 'select ‹"u".full_name› from users u'],
  ['select public.users.full_name from users', `select ${U} from users`],
  ['select users.full_name from public.users', 'select ‹"public"."users".full_name› from public.users'],
  ['select "Total ""x""" from shop."Bills"', 'select ‹"shop"."Bills".Total "x"› from shop."Bills"'],
  ['select b."Total ""x""" as t, full_name from shop."Bills" b, users', `select ‹"b".Total "x"› as t, ${U} from shop."Bills" b, users`],
  ["select 'ß🙂', full_name -- ñ\n, 'é' from users /* ü */ where full_name = $1", `select 'ß🙂', ${U} -- ñ\n, 'é' from users /* ü */ where ${U} = $1`],
  ['select full_name, full_name from people, users', 'select full_name, full_name from people, users'],
  ['select full_name from orders, users', `select ${U} from orders, users`],
  ['select full_name[1:2] from users', `select ${U}[1:2] from users`],
  // levels
  ['select (select full_name from orders) from users', `select (select ${U} from orders) from users`],
  ['select (select full_name from people) from users', 'select (select full_name from people) from users'],
  ['select (select u.full_name from people u) from users u', 'select (select u.full_name from people u) from users u'],
  ['with users as (select 1 as first_name) select * from users where first_name = 1', 'with users as (select 1 as first_name) select * from users where first_name = 1'],
  ['with users as (select full_name from users) select full_name from users', `with users as (select ${U} from users) select full_name from users`],
  ['with users as (select 1) update users set full_name = full_name', `with users as (select 1) update users set full_name = ${U}`],
  ['select first_name from (select full_name as first_name from users) s', `select first_name from (select ${U} as first_name from users) s`],
  ['select (select first_name from old_people limit 1) from users', 'select (select first_name from old_people limit 1) from users'],
  ['select x from (values (1)) v (full_name), lateral (select full_name as x) s', 'select x from (values (1)) v (full_name), lateral (select full_name as x) s'],
  // stars
  ['select * from users', `select "users"."id", ${U} from users`],
  ['select u . * , 1 from users u', 'select "u"."id", ‹"u".full_name› , 1 from users u'],
  ['select * from people, users u', 'select "people".*, "u"."id", ‹"u".full_name› from people, users u'],
  ['select * from shop."Bills"', 'select "shop"."Bills"."id", ‹"shop"."Bills".Total "x"› from shop."Bills"'],
  ['select * from users a join users b using (id)', 'select "id", ‹"a".full_name›, ‹"b".full_name› from users a join users b using (id)'],
  ['select * from users a join (users b join users c using (id)) using (id)', 'select "id", ‹"a".full_name›, ‹"b".full_name›, ‹"c".full_name› from users a join (users b join users c using (id)) using (id)'],
  ['delete from users using people returning *', `delete from users using people returning "users"."id", ${U}, "people".*`],
  // order and groups
  ['select full_name from users order by full_name', `select ${U} from users order by full_name`],
  ['select id from users order by full_name', `select id from users order by ${U}`],
  ['select * from users order by full_name', `select "users"."id", ${U} from users order by full_name`],
  ['select id as full_name from users group by id order by full_name', 'select id as full_name from users group by id order by full_name'],
  ['select id as full_name from users group by full_name', `select id as full_name from users group by ${U}`],
  ['select o.*, id from orders o, users order by full_name', `select o.*, id from orders o, users order by ${U}`],
  ['select full_name from users union select 1 order by full_name', `select ${U} from users union select 1 order by full_name`],
  ['values (1) order by (select max(full_name) from users)', `values (1) order by (select max(${U}) from users)`],
  // writes
  ['update users set (full_name, id) = (select full_name, 1)', `update users set (full_name, id) = (select ${U}, 1)`],
  ['insert into users (id) values (1) on conflict (id) where id > 0 do update set full_name = excluded.full_name where users.full_name = $1', `insert into users (id) values (1) on conflict (id) where id > 0 do update set full_name = ‹"excluded".full_name› where ${U} = $1`],
  ['insert into users (id) values (1) on conflict (id) do nothing returning old.full_name, new.*', 'insert into users (id) values (1) on conflict (id) do nothing returning ‹"old".full_name›, "new"."id", ‹"new".full_name›'],
  ['update users old set id = 1 returning old.full_name', 'update users old set id = 1 returning ‹"old".full_name›'],
  ['insert into users (id) values (1) on conflict on constraint users_pkey do nothing', 'insert into users (id) values (1) on conflict on constraint users_pkey do nothing'],
  ['insert into people (id) values (1) on conflict do nothing', 'insert into people (id) values (1) on conflict do nothing'],
  ['explain analyze delete from users where full_name = $1', `explain analyze delete from users where ${U} = $1`],
  ['merge into users using people on true when not matched by source and full_name = $1 then delete', `merge into users using people on true when not matched by source and ${U} = $1 then delete`],
  ['merge into users using people on true when not matched by source then update set full_name = full_name', `merge into users using people on true when not matched by source then update set full_name = ${U}`],
  ['merge into users using people on true when not matched and full_name > $1 then insert (full_name) values (full_name)', 'merge into users using people on true when not matched and full_name > $1 then insert (full_name) values (full_name)'],
  ['merge into people using users on true when not matched then insert (full_name) values (full_name)', `merge into people using users on true when not matched then insert (full_name) values (${U})`],
  ['merge into users using orders on true when matched then update set full_name = full_name', `merge into users using orders on true when matched then update set full_name = ${U}`],
  ['select 1; select full_name from users', `select 1; select ${U} from users`],
  ['select xmlforest(full_name, u.id, full_name as n, upper(full_name)), xmlelement(name a, xmlattributes(u.full_name), full_name) from users u', 'select xmlforest(‹"u".full_name› as "full_name", u.id, ‹"u".full_name› as n, upper(‹"u".full_name›)), xmlelement(name a, xmlattributes(‹"u".full_name› as "full_name"), ‹"u".full_name›) from users u'],
  ['select * from users, rows from (f(), g())', `select "users"."id", ${U}, "f".* from users, rows from (f(), g())`],
  ['select * from users, current_date', `select "users"."id", ${U}, "current_date".* from users, current_date`],
  ['select table_name from information_schema.columns', 'select table_name from (select * from information_schema.columns where (table_schema, table_name, column_name) not in ((\'public\', \'users\', \'first_name\'), (\'public\', \'users\', \'last_name\'), (\'public\', \'users\', \'pending\'), (\'shop\', \'Bills\', \'amount\'), (\'shop\', \'Bills\', \'pending\'))) as columns']
]

t.test('the catalogue may be asked with all its names', async (t) => {
  const states = { tables: spanned.tables.slice(0, 1) }
  const hidden = "(select * from information_schema.columns where (table_schema, table_name, column_name) not in (('public', 'users', 'first_name'), ('public', 'users', 'last_name'), ('public', 'users', 'pending'))) as columns"
  t.equal(rewrite('select information_schema.columns.column_name from db.information_schema.columns', states), `select columns."column_name" from ${hidden}`)
  t.equal(rewrite('select columns.column_name from information_schema.columns', states), `select columns.column_name from ${hidden}`)
})

t.test('while rows are still to be filled, references become expressions and everything else stays as written', async (t) => {
  for (const [sql, expected] of SPANNED) t.equal(rewrite(sql, spanned), expected, sql)
})

t.test('once all rows are filled, only what would show the old side is written out', async (t) => {
  const direct = statesIn('direct')
  t.equal(rewrite('select full_name, u.full_name from users u where full_name = $1 order by full_name', direct), 'select full_name, u.full_name from users u where full_name = $1 order by full_name')
  t.equal(rewrite('select *, u.* from users u', direct), 'select "u"."id", "u"."full_name", "u"."id", "u"."full_name" from users u')
  t.equal(rewrite('update users set full_name[1] = 2', direct), 'update users set full_name[1] = 2')
  for (const conflict of ['(full_name)', '', 'on constraint users_name_key']) {
    const sql = `insert into users (full_name) values (1) on conflict ${conflict} do nothing`
    t.equal(rewrite(sql, direct), sql)
  }
})

/** Reason → statements that are refused with it. */
const REFUSED: Record<string, readonly string[]> = {
  OLD_COLUMN: [
    'select first_name from users', 'select u.last_name from users u', 'select public.users.first_name from users', 'select id from users order by first_name',
    'select id as first_name from users group by first_name', 'update users set first_name = $1', 'insert into users (first_name) values (1)',
    'insert into users (id) values (1) on conflict (first_name) do nothing', 'insert into users (id) values (1) on conflict (lower(last_name)) do nothing',
    'insert into users (id) values (1) on conflict (id) do update set id = excluded.first_name', 'delete from users returning old.first_name',
    'select first_name from users, old_people', 'select (select first_name from orders) from users', 'select first_name from users where id = 1 for update',
    'with w as (delete from users where first_name = $1) select 1', 'update users set id = 1 returning first_name', 'merge into users using people on true when matched then update set last_name = 1', 'select id from users u order by u.first_name', 'select 1 from users group by rollup (first_name)'
  ],
  MARKER: ['select pending from users', 'update users set pending = false', 'select * from people where exists (select from users where pending)'],
  WHOLE_ROW: [
    'select u from users u', 'select row_to_json(users) from users', 'select (u).full_name from users u', 'select (u).* from users u', 'select count(u.*) from users u',
    'select row(u.*) from users u', 'select u::text from users u', 'select full_name(users) from users', 'select id from users u order by u', 'select 1 from users u group by u',
    'select (select u) from users u', 'select json_agg(u) from people p join users u on true'
  ],
  AMBIGUOUS: [
    'select (select full_name from unseen) from users', 'select (select first_name from unseen) from users', 'select x.* from unseen x, users order by full_name',
    'select (select full_name from orders u) from users u'
  ],
  UNFILLED_KEY: ['insert into users (full_name) values (1) on conflict do nothing', 'insert into users (full_name) values (1) on conflict on constraint users_name_key do update set id = 1', 'insert into users (full_name) values (1) on conflict (full_name) do nothing', 'insert into users (full_name) values (1) on conflict (lower(full_name)) do update set id = 1'],
  UNPARSED: ['select from where users', 'selec * from users'],
  NOT_UNDERSTOOD: [
    'insert into users values (1)', 'insert into users select * from people', 'table users', 'select * from users natural join people', 'select * from (users join people using (id)) as j',
    'select * from users a join users b using (full_name)', 'select * from users a join people b using (first_name)', 'select * from users join people using (id)',
    'select a from users as u (a, b)', 'update users set full_name[1] = 2', 'insert into users (id) values (1) on conflict (id) do update set full_name[1] = 2',
    'merge into users using people on true when not matched then insert values (1)', 'select * from users, (select 1)', 'select * from users, json_array(1)', 'select * from (people natural join orders) join users on true', 'delete from users using people join orders using (id) returning *', 'merge into users using (people natural join orders) on true when matched then delete returning *',
    'set search_path to other', "select set_config('Search_Path', 'other', true)", 'set local search_path = x', "set schema 'other'", "set local schema 'other'", "set session schema 'other'", 'reset search_path', 'reset all', 'discard all',
    'select set_config($1, $2, false)', "select set_config('search_' || 'path', 'other', false)", "select set_config(is_local => true, new_value => 'other', setting_name => 'search_path')", 'select pg_catalog.set_config(email, email, true) from people',
    'do $$ begin delete from users; end $$',
    'prepare p as select full_name from users', 'copy users to stdout', 'copy (select full_name from users) to stdout', "create function f() returns int language sql as 'select count(first_name) from users'",
    'alter table users add column x int', 'create index on users (full_name)', 'create view v as select full_name from users', 'create materialized view v as select full_name from users',
    'create trigger t before insert on users for each row execute function f()', 'alter table public.users rename to people', 'create table c (like users)'
  ]
}

t.test('D8 what cannot be served is refused with a code and the way out', async (t) => {
  for (const [reason, statements] of Object.entries(REFUSED)) {
    for (const sql of statements) t.throws(() => rewrite(sql, spanned), { code: `FST_ERR_VINTAGE_STATEMENT_${reason}` }, sql)
  }
})

t.test('the old side stays refused when the columns are read directly', async (t) => {
  for (const reason of ['OLD_COLUMN', 'MARKER', 'WHOLE_ROW'] as const) {
    for (const sql of REFUSED[reason] ?? []) t.throws(() => rewrite(sql, statesIn('direct', spanned.others)), { code: `FST_ERR_VINTAGE_STATEMENT_${reason}` }, sql)
  }
})

t.test('before the dual writer is there, nothing of the new side is served', async (t) => {
  const refused = statesIn('refused')
  for (const sql of ['select full_name from users', 'select * from users', 'update users set full_name = 1', 'insert into users (full_name) values (1)', 'select id from users where full_name = $1']) {
    t.throws(() => rewrite(sql, refused), { code: 'FST_ERR_VINTAGE_STATEMENT_TOO_EARLY' }, sql)
  }
  t.equal(rewrite('select id from users', refused), 'select id from users')
})

t.test('a message names the column, its transition, the new column and the statement', async (t) => {
  t.throws(() => rewrite('select u.first_name from users u', spanned), { message: /`users\.transition` has `u\.first_name` on its old side.*write `full_name`\. Statement: select u\.first_name from users u$/ })
  const long = `select first_name, '${'x'.repeat(400)}' from users`
  t.throws(() => rewrite(long, spanned), { message: / …$/ })
})
