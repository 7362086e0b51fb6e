import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, named } from './fixtures.js'

// a type, and two of its values that `=` calls the same, or that it does not know at all
const CHANGES = [
  { type: 'numeric', from: '1.0', to: '1.00' },
  { type: 'numeric(12,2)', from: '1', to: '2' },
  { type: 'double precision', from: '0', to: '-0' },
  { type: 'text', from: 'ada', to: 'Ada' },
  { type: 'text', collation: 'blind', from: 'ada', to: 'Ada' },
  { type: 'character varying(5)', collation: 'blind', from: 'ada', to: 'Ada' },
  { type: 'json', from: '{"a":1}', to: '{"a": 1}' },
  { type: 'interval', from: '1 day', to: '24 hours' },
  { type: 'boolean', from: 'true', to: 'false' },
  { type: 'bigint', from: '9007199254740992', to: '9007199254740993' },
  { type: 'timestamp with time zone', from: '2026-01-01 00:00:00.000001+00', to: '2026-01-01 00:00:00.000002+00' },
  { type: 'timestamp(3) without time zone', from: '2026-01-01', to: '-infinity' },
  { type: 'smallint', from: '1', to: '2' },
  { type: 'integer', from: '2147483646', to: '2147483647' },
  { type: 'uuid', from: '00000000-0000-0000-0000-000000000001', to: '00000000-0000-0000-0000-000000000002' },
  { type: 'bytea', from: '\\x00', to: '\\x0000' },
  { type: 'date', from: '2026-01-01', to: 'infinity' },
  { type: 'oid', from: '4294967294', to: '4294967295' },
  { type: 'time without time zone', from: '00:00:00', to: '24:00:00' },
  { type: 'bpchar', collation: 'blind', from: 'ada', to: 'Ada' },
  { type: 'numeric[]', from: '{1.0}', to: '{1.00}' },
  { type: 'public.price', from: '1.0', to: '1.00' },
  { type: 'public.mood', from: 'sad', to: 'glad' },
  { type: 'public.citext', from: 'ada', to: 'Ada' },
  { type: 'public.point_of_sale', from: '(1.0,)', to: '(1.00,)' },
  { type: 'public.point_of_sale', from: '(,)', to: null }
] satisfies ReadonlyArray<{ type: string, collation?: string, from: string, to: string | null }>

function columnsOf (prefix: string, valueOf: (change: typeof CHANGES[number], index: number) => string): Record<string, string> {
  return Object.fromEntries(CHANGES.map((change, index) => [`${prefix}_${index}`, valueOf(change, index)]))
}

t.test('D2 every change of a value is followed on the other side, one that `=` does not see too', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw("create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false); create type point_of_sale as (x numeric, y text); create domain price as numeric; create type mood as enum ('sad', 'glad'); create extension citext")
    const columns = CHANGES.map(({ type, collation }, index) => `was_${index} ${type}${collation === undefined ? '' : ` collate ${collation}`}`)
    await knex.raw(`create table things (id integer primary key, ${columns.join(', ')})`)
    await knex.raw(`insert into things values (1, ${CHANGES.map(() => '?').join(', ')})`, CHANGES.map(({ from }) => from))
  }, {
    transitions: await named({
      'things.all': transition<string, string>({
        table: 'things',
        before: columnsOf('was', ({ type }) => type),
        after: columnsOf('is', ({ type }) => type),
        upgrade: columnsOf('is', (_, index) => `was_${index}`),
        downgrade: columnsOf('was', (_, index) => `is_${index}`)
      })
    })
  })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  for (const [index, { type, from, to }] of CHANGES.entries()) {
    const read = async (): Promise<unknown> => (await knex.raw(`select was_${index}::text as was, is_${index}::text as is from things`)).rows[0]
    await knex.raw(`update things set was_${index} = ?`, [to])
    const { was, is } = Object(await read())
    t.equal(is, was, `${type}: ${from} has become ${to} in the old column`)
    await knex.raw(`update things set is_${index} = ?`, [from])
    const back = Object(await read())
    t.equal(back.was, back.is, `${type}: ${to} has become ${from} in the new column`)
    t.not(back.is, is)
  }
  t.match(await operator.verify(), { ok: true })
})
