/**
 * What each state of schema `vintage` adds to the one before; its number is its place, from 1. Steps only add, so that
 * builds of before go on beside it, and each can be run where its work is done already: schemas from before states had
 * numbers have the work of some. Never change a step; add one. Each statement is one by itself, since what runs as one
 * has one limit of time for each of its parts.
 */
export const SCHEMA_STEPS: ReadonlyArray<readonly string[]> = [[
  `create table if not exists vintage.transitions (
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
    operator_until timestamptz
  )`,
  `create table if not exists vintage.instances (
    id uuid primary key,
    name text not null,
    host text not null,
    pid integer not null,
    build text,
    transitions text[] not null,
    started_at timestamptz not null,
    lease_until timestamptz not null
  )`,
  `create table if not exists vintage.acknowledgements (
    instance uuid not null references vintage.instances on delete cascade,
    transition text not null,
    epoch bigint not null,
    phase text not null,
    acknowledged_at timestamptz not null,
    primary key (instance, transition)
  )`,
  `create table if not exists vintage.backfills (
    transition text primary key,
    last_key jsonb,
    end_key jsonb,
    rows_filled bigint not null,
    rows_estimated bigint not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create table if not exists vintage.events (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    transition text not null,
    event text not null,
    phase text,
    epoch bigint,
    by text,
    details jsonb
  )`
],

// Every role of the fleet sees all instances, and speaks for its own only; the operator owns the tables and is not
// bound. Nobody knows the roles of instances from before, who register again at their next look.
[
  `do $$
  begin
    if not exists (select 1 from pg_catalog.pg_attribute where attrelid = 'vintage.instances'::regclass and attname = 'role') then
      delete from vintage.instances;
    end if;
  end $$`,
  'alter table vintage.instances add column if not exists role name not null default current_user',
  'alter table vintage.acknowledgements add column if not exists role name not null default current_user',
  'alter table vintage.instances enable row level security',
  'alter table vintage.acknowledgements enable row level security',
  'drop policy if exists all_are_seen on vintage.instances',
  'drop policy if exists own_are_added on vintage.instances',
  'drop policy if exists own_are_changed on vintage.instances',
  'drop policy if exists own_are_removed on vintage.instances',
  'create policy all_are_seen on vintage.instances for select using (true)',
  'create policy own_are_added on vintage.instances for insert with check (role = current_user)',
  'create policy own_are_changed on vintage.instances for update using (role = current_user) with check (role = current_user)',
  'create policy own_are_removed on vintage.instances for delete using (role = current_user)',
  'drop policy if exists all_are_seen on vintage.acknowledgements',
  'drop policy if exists own_are_added on vintage.acknowledgements',
  'drop policy if exists own_are_changed on vintage.acknowledgements',
  'drop policy if exists own_are_removed on vintage.acknowledgements',
  'create policy all_are_seen on vintage.acknowledgements for select using (true)',
  `create policy own_are_added on vintage.acknowledgements for insert with check (
    role = current_user and exists (select 1 from vintage.instances i where i.id = instance and i.role = current_user))`,
  `create policy own_are_changed on vintage.acknowledgements for update using (role = current_user) with check (
    role = current_user and exists (select 1 from vintage.instances i where i.id = instance and i.role = current_user))`,
  'create policy own_are_removed on vintage.acknowledgements for delete using (role = current_user)'
],

[
  'alter table vintage.transitions add column if not exists paused_by text, add column if not exists paused_at timestamptz',
  `alter table vintage.backfills
    add column if not exists rows_per_second float8 not null default 0,
    add column if not exists held_reason text,
    add column if not exists held_since timestamptz`
],

[`create table if not exists vintage.stray_writes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  transition text not null,
  application text not null,
  role name not null
)`],

[
  `create table if not exists vintage.set_aside (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    transition text not null,
    key jsonb not null,
    direction text not null,
    sqlstate text not null,
    message text not null,
    released_by text,
    released_at timestamptz
  )`,
  'create index if not exists set_aside_transition on vintage.set_aside (transition)'
],

// A copy has its name from the copying, and the rows of before have that of the origin.
[
  `create table if not exists vintage.origin (
    is_only boolean primary key default true check (is_only),
    system_identifier text,
    database_oid oid not null,
    database_name name not null,
    claimed_by text,
    claimed_at timestamptz not null default clock_timestamp()
  )`,
  'alter table vintage.instances add column if not exists database name not null default current_database()',
  'alter table vintage.stray_writes add column if not exists database name not null default current_database()'
],

// a backfill that a build of before has begun goes on where it was
[
  `create table if not exists vintage.backfill_ranges (
    number bigint generated always as identity primary key,
    transition text not null references vintage.backfills on delete cascade,
    last_key jsonb,
    end_key jsonb not null,
    rows_filled bigint not null default 0,
    worker text,
    updated_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
  )`,
  `alter table vintage.backfills
    add column if not exists run_token bigint,
    add column if not exists limits jsonb,
    add column if not exists paced_until timestamptz`,
  `alter table vintage.instances
    add column if not exists latency_ms float8,
    add column if not exists latency_at timestamptz`,
  `insert into vintage.backfill_ranges (transition, last_key, end_key)
  select transition, last_key, end_key from vintage.backfills b
  where finished_at is null and end_key is not null and not exists (select from vintage.backfill_ranges r where r.transition = b.transition)`
],

// what calls of `online` have begun is no transition's; who may not note it, or finds no such table, goes on without
[
  'alter table vintage.backfill_ranges add column if not exists worker_host text, add column if not exists worker_pid integer',
  'alter table vintage.instances add column if not exists replica boolean not null default false',
  `create table if not exists vintage.online_work (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    kind text not null,
    table_schema text not null,
    table_name text not null,
    name text not null,
    known_by text not null
  )`
],

// What an instance has counted outlives it. The application writes no events: the first difference of an instance does.
// Nobody waits for a table that nobody has yet, so that it is made in one statement.
[
  `create or replace function vintage.log_shadow_difference () returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    insert into vintage.events (transition, event, phase, epoch, by, details)
    select t.name, 'shadow difference', t.phase, t.epoch, new.name, jsonb_build_object('statement', new.statement, 'at', new.different_at)
    from vintage.transitions t where t.name = new.transition;
    return null;
  end $$`,
  `do $$
  begin
    if to_regclass('vintage.shadow_reads') is not null then
      return;
    end if;
    create table vintage.shadow_reads (
      instance uuid not null,
      name text not null,
      transition text not null,
      compared bigint not null,
      different bigint not null,
      statement text check (length(statement) <= 500),
      different_at timestamptz,
      role name not null default current_user,
      database name not null default current_database(),
      primary key (instance, transition)
    );
    alter table vintage.shadow_reads enable row level security;
    create policy all_are_seen on vintage.shadow_reads for select using (true);
    create policy own_are_added on vintage.shadow_reads for insert with check (
      role = current_user and exists (select 1 from vintage.instances i where i.id = instance and i.role = current_user));
    create policy own_are_changed on vintage.shadow_reads for update using (role = current_user) with check (role = current_user);
    create trigger first_difference_is_logged after insert on vintage.shadow_reads
      for each row when (new.different > 0) execute function vintage.log_shadow_difference();
    create trigger later_difference_is_logged after update on vintage.shadow_reads
      for each row when (old.different = 0 and new.different > 0) execute function vintage.log_shadow_difference();
  end $$`
],

// The first serves the writers, who look for their own note, the second the gate of `hide`. Nobody but its table calls
// the function, which runs as its owner.
[
  'create index if not exists stray_writes_writer on vintage.stray_writes (transition, application, role, at)',
  'create index if not exists stray_writes_at on vintage.stray_writes (transition, at)',
  'revoke execute on function vintage.log_shadow_difference() from public'
],

// notes are gone through in their order, as the index of before did not have them; those of one row are found by it whatever the length of its key
[
  'create index if not exists set_aside_order on vintage.set_aside (transition, id)',
  'create index if not exists set_aside_key on vintage.set_aside (transition, jsonb_hash_extended(key, 0), id)',
  'drop index if exists vintage.set_aside_transition'
]]
