import t from 'tap'
import { openDatabase } from '../../../src/data/database.js'
import { qualifyTypes } from '../../../src/data/round-trip/qualify-types.js'
import { createDatabase } from '../../database.js'

const SETUP = `
create schema "Shop";
create type "Shop"."Mood" as enum ('glad', 'sad');
create domain short as varchar(3);
create type code;
create function code_in (cstring, oid, integer) returns code language internal immutable strict as 'varcharin';
create function code_out (code) returns cstring language internal immutable strict as 'varcharout';
create function code_length (cstring[]) returns integer language internal immutable strict as 'varchartypmodin';
create type code (input = code_in, output = code_out, typmod_in = code_length, like = varchar)`

/** As it is given → as it is called where nothing but pg_catalog is seen. */
const NAMES: Readonly<Record<string, string>> = {
  text: 'text',
  'numeric(12, 2)': 'numeric(12, 2)',
  'varchar(3)[]': 'varchar(3)[]',
  '"Shop"."Mood"': '"Shop"."Mood"',
  '"Shop"."Mood" array': '"Shop"."Mood"[]',
  short: 'public.short',
  'short[3][]': 'public.short[]',
  'code(7)': 'public.code(7)',
  'code(7)[]': 'public.code(7)[]',
  nothing: 'nothing'
}

t.test('types bear their schema where they lie outside pg_catalog, and keep their length', async (t) => {
  const { url, knex } = await createDatabase(t)
  await knex.raw(SETUP)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const nameOf = await qualifyTypes(database, Object.keys(NAMES))
  t.strictSame(Object.fromEntries(Object.keys(NAMES).map((type) => [type, nameOf(type)])), NAMES)
})
