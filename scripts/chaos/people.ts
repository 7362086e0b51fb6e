import { transition } from 'fastify-vintage/knex'

/** The transition that the run walks back and forth. */
export const NAME = 'people.full_name'

export const FULL_NAME = transition({
  table: 'people',
  before: { first_name: 'text', last_name: 'text' },
  after: { full_name: 'text' },
  upgrade: { full_name: "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))" },
  downgrade: {
    first_name: "split_part(full_name, ' ', 1)",
    last_name: "case strpos(full_name, ' ') when 0 then '' else substr(full_name, strpos(full_name, ' ') + 1) end"
  },
  notNull: ['full_name'],
  indexes: [['full_name']],
  lossy: 'downgrade'
})

/** Rows of the table. */
export const ROWS = 4_000

/** All writers meet each other on the first of them. */
export const HOT_ROWS = 40

export const CREATE_TABLE = `
create table people (id integer primary key, first_name text, last_name text default '', note text, ver integer not null default 0);
insert into people (id, first_name, last_name) select i, 'First' || i, 'Last' || i from generate_series(1, ${ROWS}) i;
create index people_ver on people (ver)`
