import type { Knex } from 'knex'

/** A DDL statement as the server has run it. */
export interface RecordedDdl {
  readonly statement: string
  /** as Postgres shows it, e.g. `480ms`; `0` is none */
  readonly lock_timeout: string
  /** those of its session on the tables when it has run; null for none, as after CREATE INDEX CONCURRENTLY */
  readonly modes: readonly string[] | null
  /** of the tables */
  readonly rows_read: number
}

/** Notes, for each DDL statement, its limit of time and the locks that it has on tables when it has run, and the rows of them that it has read. */
const RECORDER = (tables: readonly string[]): string => `
create table public.recorded (id int generated always as identity, statement text, lock_timeout text, modes text[], rows_read int);
create function public.rows_read () returns numeric return (select sum(pg_stat_get_xact_tuples_returned(oid)) from pg_class where oid in (${tables.map((table) => `'${table}'::regclass`).join(', ')}));
create function public.begin_ddl () returns event_trigger language plpgsql as $$
begin
  perform set_config('test.rows_read', public.rows_read()::text, false);
end $$;
create function public.record_ddl () returns event_trigger language plpgsql as $$
begin
  if tg_tag in ('ALTER TABLE', 'CREATE TRIGGER', 'CREATE INDEX') and current_query() !~ 'pg_temp' then
    insert into public.recorded (statement, lock_timeout, modes, rows_read) values (
      current_query(), current_setting('lock_timeout'),
      (select array_agg(distinct mode order by mode) from pg_catalog.pg_locks where pid = pg_backend_pid() and relation in (${tables.map((table) => `'${table}'::regclass`).join(', ')})),
      public.rows_read() - current_setting('test.rows_read')::numeric);
  end if;
end $$;
create event trigger begin_ddl on ddl_command_start execute function public.begin_ddl();
create event trigger record_ddl on ddl_command_end execute function public.record_ddl()`

/** Notes each DDL statement of others on tables from now on. */
export async function recordDdl (knex: Knex, tables: readonly string[]): Promise<() => Promise<RecordedDdl[]>> {
  await knex.raw(RECORDER(tables))
  return async () => await knex('recorded').orderBy('id')
}

/** The lock of a statement that holds up readers or writers. */
export function strongLockOf ({ modes }: RecordedDdl): string | undefined {
  return modes?.find((mode) => mode === 'AccessExclusiveLock' || mode === 'ShareRowExclusiveLock')
}
