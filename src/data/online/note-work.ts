import type { Session } from '../database.js'
import type { FoundTable } from './find-table.js'

/** Something that is not finished as long as it is noted: a constraint that is NOT VALID, or the CHECK on the way to NOT NULL, valid or not. */
export interface NotedConstraint {
  readonly kind: 'constraint' | 'not null check'
  readonly name: string
}

type Place = Pick<FoundTable, 'schema' | 'name' | 'quoted'>

/** Who runs the migrations of a table need not own schema `vintage`, and there need be none. */
const MAY_NOTE = `
select pg_has_role(c.relowner, 'usage') as may from pg_catalog.pg_class c
where c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = 'vintage') and c.relname = 'online_work'`

const INSERT = 'insert into vintage.online_work (kind, table_schema, table_name, name, known_by)'

/** Whether what a call begins can be noted for `vintage sweep`. */
export async function mayNote (session: Session): Promise<boolean> {
  return (await session.query(MAY_NOTE))[0]?.may === true
}

/** Notes that an index is about to be built, which bears this name and, in Postgres' own words, is this. */
export async function noteIndex (session: Session, table: Place, name: string, description: string): Promise<void> {
  if (!await mayNote(session)) return
  await forget(session, table, name)
  await session.query(`${INSERT} values ('index', $1, $2, $3, $4)`, [table.schema, table.name, name, description])
}

/** Notes a constraint in the transaction that has added it, where `mayNote`; its number tells it from any other. */
export async function noteConstraint (session: Session, table: Place, { kind, name }: NotedConstraint): Promise<void> {
  await forget(session, table, name)
  await session.query(`${INSERT} select $1, $2, $3, $4, c.oid::text from pg_catalog.pg_constraint c where c.conrelid = to_regclass($5) and c.conname::text = $4`, [kind, table.schema, table.name, name, table.quoted])
}

/** It is finished, or was taken back. */
export async function forgetWork (session: Session, table: Place, name: string): Promise<void> {
  if (await mayNote(session)) await forget(session, table, name)
}

async function forget (session: Session, { schema, name: table }: Place, name: string): Promise<void> {
  await session.query('delete from vintage.online_work where table_schema = $1 and table_name = $2 and name = $3', [schema, table, name])
}
