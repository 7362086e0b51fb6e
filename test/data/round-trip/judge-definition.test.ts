import t from 'tap'
import { openDatabase } from '../../../src/data/database.js'
import { judgeDefinition } from '../../../src/data/round-trip/judge-definition.js'
import type { TransitionDefinition } from '../../../src/data/transition.js'
import { createDatabase, majorOf } from '../../database.js'
import { FULL_NAME } from '../full-name.js'

const { lossy: _, ...SPLIT_AT_SPACE } = FULL_NAME

const SETUP = `
create type mood as enum ('glad', 'sad');
create function mended (text) returns text immutable language sql return $1;
create extension citext;
create type pair as (x numeric, y text);
create domain given as text not null check (value <> '');
create table users (id integer primary key, status text check (status in ('new', 'paid') and status is not null), note text not null, at text check (id > 0 or at <> ''), word text);
alter table users add constraint word_there check (word is not null) not valid`

/** As of Postgres 18; of what holds there for new rows only, an older one has nothing that counts. */
const SETUP_18 = `
alter table users add column tag text, add column mark text, add constraint mark_there check (mark is not null) not enforced;
alter table users add constraint tag_there not null tag not valid`

type Columns = Readonly<Record<string, string>>

/** Shorthand for a definition on `users`. */
function moving (before: Columns, after: Columns, upgrade: Columns, downgrade: Columns, more: Partial<TransitionDefinition> = {}): TransitionDefinition {
  return { table: 'users', before, after, upgrade, downgrade, ...more }
}

const same = (type: string, other: string, more: Partial<TransitionDefinition> = {}) => moving({ old: type }, { new: other }, { new: 'old' }, { old: 'new' }, more)

const cents = (more: Partial<TransitionDefinition>) => moving({ amount: 'numeric' }, { total: 'bigint' }, { total: '(amount * 100)::bigint' }, { amount: 'total / 100' }, more)

const STATUS = moving({ status: 'text' }, { code: 'smallint' }, { code: "case status when 'new' then 0 when 'paid' then 1 end" }, { status: "case code when 0 then 'new' when 1 then 'paid' end" }, { notNull: ['code'], checks: { code_known: 'code in (0, 1) -- no other' } })

/** What has no value gets an empty one. */
const filled = (column: string) => moving({ [column]: 'text' }, { label: 'text' }, { label: `coalesce(${column}, '')` }, { [column]: 'label' }, { notNull: ['label'] })

const NULL_LOST = /\{"\w+": null\} becomes \{"label": ""\}, and that becomes \{"\w+": ""\}/

/** What is found of a definition: nothing, or a sentence that has this in it. */
const CASES: Readonly<Record<string, readonly [TransitionDefinition, RegExp | null]>> = {
  'two columns into one, which cannot be told apart any more': [SPLIT_AT_SPACE, /^it says nothing of a loss \(`lossy`\), but `downgrade` does not give back what `upgrade` was given: \{.*\} becomes \{.*\}, and that becomes \{.*\}; so with \d+ of \d+ generated values\. Correct .* or declare the loss with `lossy: 'downgrade'`$/],
  'the same, declared': [FULL_NAME, null],
  'the same, declared for the other direction': [{ ...FULL_NAME, lossy: 'upgrade' }, /^it says `lossy: 'upgrade'`, but `downgrade` does not .* `lossy: 'both'`$/],
  'one column into two, of which some become the same': [
    moving({ label: 'text' }, { head: 'text', tail: 'text' }, { head: "split_part(label, ' ', 1)", tail: "case strpos(label, ' ') when 0 then null else substr(label, strpos(label, ' ') + 1) end" }, { label: "head || coalesce(' ' || tail, '')" }),
    /`upgrade` does not give back what `downgrade` was given: .* `lossy: 'upgrade'`$/],
  'euros into cents': [moving({ amount: 'numeric(12,2)' }, { total: 'bigint' }, { total: '(amount * 100)::bigint' }, { amount: 'total / 100.0' }), null],
  'euros into cents, of which whole euros come back': [cents({}), /`lossy: 'both'`$/],
  'a loss each time that a value goes there': [cents({ lossy: 'downgrade' }), /^it says `lossy: 'downgrade'`, but what `upgrade` has made does not come back by way of `downgrade`: .* `lossy: 'both'`$/],
  'one declared in both directions': [cents({ lossy: 'both' }), null],
  'the digits after the point, which are equal but not the same': [moving({ amount: 'numeric' }, { total: 'numeric' }, { total: 'amount * 100' }, { amount: 'total / 100' }), /\{"amount": \d+\} becomes \{"total": \d+\}, and that becomes \{"amount": \d+\.0+\}/],
  'a wider integer': [same('integer', 'bigint'), null],
  'a shorter text': [same('text', 'varchar(3)'), null],
  'an array of shorter texts': [same('text[]', 'varchar(3)[]'), null],
  'a number as text': [moving({ n: 'integer' }, { s: 'text' }, { s: 'n::text' }, { n: 's::integer' }), /\{"s": "007"\} becomes \{"n": 7\}, and that becomes \{"s": "7"\}/],
  'labels of an enum that become the same': [moving({ mood: 'mood' }, { tone: 'boolean' }, { tone: 'mood is null' }, { mood: 'null::public.mood' }, { lossy: 'upgrade' }), /\{"mood": "(?:glad|sad)"\} becomes \{"tone": false\}, and that becomes \{"mood": null\}/],
  'labels for labels': [moving({ mood: 'mood' }, { tone: 'text' }, { tone: "case mood when 'glad' then 'major' when 'sad' then 'minor' end" }, { mood: "case tone when 'major' then 'glad' when 'minor' then 'sad' end::public.mood" }, { checks: { tones: "tone in ('major', 'minor')" } }), null],
  'values that constraints of the table and of the definition keep out': [STATUS, null],
  'values that become what the other side does not take': [{ ...STATUS, checks: {} }, null],
  'the same, where the other side takes it': [{ ...STATUS, table: 'nowhere', notNull: [], checks: {} }, /\{"status": ".*"\} becomes \{"code": null\}, and that becomes \{"status": null\}/],
  'a constraint that names other columns as well, which keeps nothing out': [moving({ at: 'text' }, { day: 'text' }, { day: "nullif(at, '')" }, { at: 'day' }), /\{"at": ""\} becomes \{"day": null\}/],
  'null and empty becoming one': [moving({ remark: 'text' }, { label: 'text' }, { label: "coalesce(remark, '')" }, { remark: 'label' }, { notNull: ['label'] }), /\{"remark": null\} becomes \{"label": ""\}, and that becomes \{"remark": ""\}/],
  'the same where there are no nulls': [moving({ note: 'text' }, { label: 'text' }, { label: "coalesce(note, '')" }, { note: 'label' }, { notNull: ['label'] }), null],
  'the same where old rows may have nulls, since the constraint is not validated': [filled('word'), NULL_LOST],
  'a domain that takes no nulls': [same('given', 'text', { notNull: ['new'], checks: { given: "new <> ''" } }), null],
  'moments into a clock on the wall, which shows an hour twice': [moving({ seen: 'timestamptz' }, { at: 'timestamp' }, { at: "seen at time zone 'Europe/Amsterdam'" }, { seen: "at at time zone 'Europe/Amsterdam'" }, { lossy: 'upgrade' }), /"2024-10-27T0/],
  'parts of a second': [moving({ seen: 'timestamptz' }, { s: 'bigint' }, { s: 'extract(epoch from date_trunc(\'second\', seen))::bigint' }, { seen: 'to_timestamp(s)' }), /`lossy: 'downgrade'`$/],
  'years of two digits': [moving({ day: 'date' }, { d: 'integer' }, { d: 'extract(year from day)::integer % 100' }, { day: 'make_date(2000 + d, 1, 1)' }), /\{"day": "\d{4}-\d\d-\d\d"\}/],
  'a way back that raises': [moving({ n: 'integer' }, { m: 'integer' }, { m: 'n' }, { n: 'case when m < 0 then m / 0 else m end' }), /\{"n": -1\} becomes \{"m": -1\}, and that raises \(division by zero\)/],
  'a text that only the expressions know': [moving({ a: 'text' }, { b: 'text' }, { b: "replace(a, 'Zq''', 'zQ')" }, { a: "replace(b, 'zQ', 'Zq''')" }), /\{"a": "zQ"\} becomes \{"b": "zQ"\}, and that becomes \{"a": "Zq'"\}/],
  'a number that only the expressions know': [moving({ a: 'integer' }, { b: 'integer' }, { b: 'case a when 4711 then 0 else a end' }, { a: 'b' }), /\{"a": 4711\} becomes \{"b": 0\}/],
  'elements of an array': [moving({ tags: 'text[]' }, { labels: 'text[]' }, { labels: 'array_remove(tags, null)' }, { tags: 'labels' }), /null.*becomes \{"labels": \[/],
  'keys of a document': [moving({ vip: 'boolean' }, { profile: 'jsonb' }, { profile: "case when vip then '{\"vip\": true}'::jsonb when not vip then '{\"vip\": false}' end" }, { vip: "(profile ->> 'vip')::boolean" }), /\{"profile": .*\} becomes \{"vip": null\}, .* `lossy: 'upgrade'`$/],
  'bytes, ids and types of which no values are known': [moving({ a: 'bytea', b: 'uuid', c: 'point' }, { d: 'bytea', e: 'uuid', f: 'point' }, { d: 'a', e: 'b', f: 'c' }, { a: 'd', b: 'e', c: 'f' }), null],
  'one of several such': [moving({ a: 'bytea', c: 'point' }, { d: 'text', f: 'point' }, { d: "encode(a, 'hex')", f: 'c' }, { a: "decode(d, 'hex')", c: 'f' }, { lossy: 'upgrade' }), null],
  'composites beside others': [moving({ a: 'pair', b: 'text' }, { c: 'pair', d: 'text' }, { c: 'a', d: 'b' }, { a: 'c', b: 'd' }), null],
  'days without end': [moving({ valid_until: 'date' }, { until: 'date' }, { until: "nullif(valid_until, 'infinity')" }, { valid_until: 'until' }), /\{"valid_until": "infinity"\} becomes \{"until": null\}/],
  'moments before all others': [moving({ since: 'timestamptz' }, { at: 'timestamp' }, { at: "nullif(since at time zone 'UTC', '-infinity')" }, { since: "at at time zone 'UTC'" }), /\{"since": "-infinity"\} becomes \{"at": null\}/],
  'a double into a decimal, which has fifteen digits of it': [moving({ a: 'double precision' }, { b: 'numeric' }, { b: 'a' }, { a: 'b' }, { checks: { small: 'b between 0.2 and 0.4' } }), /\{"a": "0\.30000000000000004"\} becomes \{"b": 0\.3\}, and that becomes \{"a": "0\.3"\}/],
  'a zero that is negative': [moving({ a: 'real' }, { b: 'real' }, { b: 'a + 0' }, { a: 'b' }), /\{"a": "-0"\} becomes \{"b": "0"\}, and that becomes \{"a": "0"\}/],
  'what is no number': [moving({ a: 'numeric' }, { b: 'numeric' }, { b: "nullif(a, 'NaN')" }, { a: 'b' }), /\{"a": "NaN"\} becomes \{"b": null\}/],
  'a day that only the expressions know': [moving({ born: 'date' }, { birth: 'date' }, { birth: "nullif(born, '1901-02-03')" }, { born: 'birth' }), /\{"born": "1901-02-03"\} becomes \{"birth": null\}/],
  'an id that only the expressions know': [moving({ a: 'uuid', b: 'time' }, { c: 'uuid', d: 'time' }, { c: "nullif(a, '11111111-2222-3333-4444-555555555555')", d: 'b' }, { a: 'c', b: 'd' }), /"a": "11111111-2222-3333-4444-555555555555".* becomes .*"c": null/],
  'decimals with more digits after the point than they have': [moving({ a: 'numeric(3,5)', b: 'text' }, { c: 'numeric(3,5)', d: 'text' }, { c: 'a', d: 'left(b, 40)' }, { a: 'c', b: 'd' }), /\{"a": 0\.0\d+, "b": "x .* becomes \{"c": 0\.0\d+, "d": "x /],
  'decimals without their last digits': [same('numeric(4,-2)', 'numeric(4,-2)', { upgrade: { new: "case when old >= 999900 and old <> 'NaN' then 0 else old end" } }), /\{"old": 999900\} becomes \{"new": 0\}/],
  'decimals at their ends, with a blank in their type': [moving({ a: 'numeric(12, 2)' }, { b: 'numeric(12,2)' }, { b: "case when a > 9000000000 and a <> 'NaN' then 9000000000 else a end" }, { a: 'b' }), /\{"a": 9999999999\.99\} becomes \{"b": 9000000000\.00\}/],
  'texts of a length, with a blank in their type': [moving({ a: 'varchar( 3 )' }, { b: 'varchar( 2 )' }, { b: 'a' }, { a: 'b' }), null],
  'texts of a length that no value comes near': [same('varchar(10485760)', 'text'), null],
  'a text that is compared as one, since expressions do not see what lies outside pg_catalog': [moving({ a: 'citext' }, { b: 'text' }, { b: "case when a = 'ADA' then 'Zq' when a = 'Zq' then 'ADA' else a::text end" }, { a: "case when b = 'ADA' then 'Zq' when b = 'Zq' then 'ADA' else b end" }), null],
  'arrays of a type that lies outside pg_catalog': [same('mood[]', 'public.mood[]', { notNull: ['new'], checks: { some: 'cardinality(new) > 0' } }), null],
  'columns of many kinds': [moving({ a: 'double precision', b: 'time', c: 'interval', d: 'numeric(4)' }, { e: 'double precision', f: 'time', g: 'interval', h: 'numeric(4,0)' }, { e: 'a', f: 'b', g: 'c', h: 'd' }, { a: 'e', b: 'f', c: 'g', d: 'h' }), null]
}

/** Nobody can tell whether these lose anything. */
const UNTOLD: ReadonlyArray<readonly [string, TransitionDefinition, readonly string[]]> = [
  ['a function that expressions do not find without its schema', moving({ a: 'text' }, { b: 'text' }, { b: 'mended(a)' }, { a: 'public.mended(b)' }, { lossy: 'upgrade' }),
    ['none of the generated values came through `upgrade` (function mended(text) does not exist), so what becomes of them is not known']],
  ['conditions that keep out all that is known', same('text', 'text', { notNull: ['new'], checks: { long: 'length(new) > 5000' } }),
    ['none of the generated values came through `upgrade`, so what becomes of them is not known', 'none of the generated values came through `downgrade`, so what becomes of them is not known']],
  ['one of which something is known', same('text', 'text'), []]
]

t.test('D10 the class of a transition, on generated values', async (t) => {
  const { url, knex } = await createDatabase(t)
  await knex.raw(SETUP)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const judge = async (definition: TransitionDefinition) => await database.transaction(async (session) => await judgeDefinition(session, { name: 'users.moved', ...definition }), 'isolation level read committed, read only')
  for (const [what, [definition, expected]] of Object.entries(CASES)) {
    t.test(`D10 ${what}: ${expected === null ? 'nothing is lost that should not be' : 'a loss'}`, async (t) => {
      const { loss } = await judge(definition)
      if (expected === null) t.equal(loss, null)
      else t.match(loss, expected)
      t.equal((await judge(definition)).loss, loss, 'told in the same words again')
    })
  }
  await t.rejects(judge(same('txt', 'text')), { message: 'type "txt" does not exist' })
  if (await majorOf(knex) >= 18) {
    await knex.raw(SETUP_18)
    for (const column of ['tag', 'mark']) t.match((await judge(filled(column))).loss, NULL_LOST, `${column} may be null in old rows`)
  }
  for (const [what, definition, untold] of UNTOLD) t.strictSame((await judge(definition)).untold, untold, what)
  t.match(await judge({ ...FULL_NAME, schema: 'public' }), { isTableThere: true })
  t.match(await judge({ ...FULL_NAME, table: 'nowhere' }), { isTableThere: false })
})
