import type { Database } from '../database.js'

/** Two operators that both find no schema take turns; the number is `vint` in ASCII. */
const ADVISORY_KEY = 0x76696e74

const TABLES = `
create schema if not exists vintage;

create table if not exists vintage.transitions (
  name text primary key,
  table_schema text not null,
  table_name text not null,
  definition json not null,
  phase text not null,
  epoch bigint not null,
  begun_at timestamptz not null,
  changed_at timestamptz not null,
  operator text,
  operator_token bigint not null default 0,
  operator_since timestamptz,
  operator_until timestamptz,
  paused_by text,
  paused_at timestamptz
);

create table if not exists vintage.instances (
  id uuid primary key,
  name text not null,
  host text not null,
  pid integer not null,
  build text,
  transitions text[] not null,
  started_at timestamptz not null,
  lease_until timestamptz not null,
  role name not null default current_user
);

create table if not exists vintage.acknowledgements (
  instance uuid not null references vintage.instances on delete cascade,
  transition text not null,
  epoch bigint not null,
  phase text not null,
  acknowledged_at timestamptz not null,
  role name not null default current_user,
  primary key (instance, transition)
);

create table if not exists vintage.backfills (
  transition text primary key,
  last_key jsonb,
  end_key jsonb,
  rows_filled bigint not null,
  rows_estimated bigint not null,
  rows_per_second float8 not null default 0,
  held_reason text,
  held_since timestamptz,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz
);

create table if not exists vintage.stray_writes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  transition text not null,
  application text not null,
  role name not null
);

create table if not exists vintage.set_aside (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  transition text not null,
  key jsonb not null,
  direction text not null,
  sqlstate text not null,
  message text not null,
  released_by text,
  released_at timestamptz
);

create index if not exists set_aside_transition on vintage.set_aside (transition);

create table if not exists vintage.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  transition text not null,
  event text not null,
  phase text,
  epoch bigint,
  by text,
  details jsonb
);`

/** Every role of the fleet sees all instances, and speaks for its own only; the operator owns the tables and is not bound. */
const POLICIES = `
alter table vintage.instances enable row level security;
alter table vintage.acknowledgements enable row level security;

create policy all_are_seen on vintage.instances for select using (true);
create policy own_are_added on vintage.instances for insert with check (role = current_user);
create policy own_are_changed on vintage.instances for update using (role = current_user) with check (role = current_user);
create policy own_are_removed on vintage.instances for delete using (role = current_user);

create policy all_are_seen on vintage.acknowledgements for select using (true);
create policy own_are_added on vintage.acknowledgements for insert with check (
  role = current_user and exists (select 1 from vintage.instances i where i.id = instance and i.role = current_user));
create policy own_are_changed on vintage.acknowledgements for update using (role = current_user) with check (
  role = current_user and exists (select 1 from vintage.instances i where i.id = instance and i.role = current_user));
create policy own_are_removed on vintage.acknowledgements for delete using (role = current_user);`

/** Creates schema `vintage` and its tables unless they are there. */
export async function ensureSchema (database: Database): Promise<void> {
  if (await hasSchema(database)) return
  await database.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock($1)', [ADVISORY_KEY])
    if (!await hasSchema(session)) await session.query(TABLES + POLICIES)
  })
}

/** Whether this database has been under fastify-vintage before. */
export async function hasSchema (session: Pick<Database, 'query'>): Promise<boolean> {
  // not to_regclass, whose cache may still lack what was committed while this session waited for a lock
  const [row] = await session.query("select exists (select 1 from pg_catalog.pg_tables where schemaname = 'vintage' and tablename = 'events') as present")
  return row?.present === true
}
