import type { Session } from '../database.js'
import { findBlockers } from '../governor/blockers.js'
import { quote } from '../names.js'
import { readIndex } from '../online/read-index.js'
import type { LeftOver } from './left-over.js'

/**
 * Between two of its statements a call at work has no lock on the table, mostly for far less than a minute. One that
 * has waited longer, behind a reader, makes again what it finds gone. On tables of others the operator may change nothing.
 */
const WORK = `
select w.id as number, w.kind, w.table_schema as schema, w.table_name as table, w.name, w.known_by as "knownBy"
from vintage.online_work w
join pg_catalog.pg_namespace n on n.nspname = w.table_schema
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.table_name and pg_has_role(c.relowner, 'usage')
where w.at < clock_timestamp() - interval '1 minute' and ($1::bigint is null or w.id = $1) order by w.id`

/** By its number, since somebody may have made another of that name. */
const CONSTRAINT = `
select convalidated as valid from pg_catalog.pg_constraint
where oid = $1::oid and conrelid = to_regclass($2) and conname = $3::name`

interface Work extends Record<string, unknown> {
  readonly number: string
  readonly kind: string
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly knownBy: string
}

/** Something that a call has begun, with the number of its note. */
export interface OnlineLeft extends LeftOver {
  readonly number: string
  readonly table: string
}

/**
 * What calls of `online(knex)` that were killed have left: indexes that are not valid, constraints that are NOT VALID,
 * and CHECKs on the way to NOT NULL. A table at which somebody is at work, VACUUM too, is passed over.
 *
 * @param number looks at this one alone @default all
 */
export async function findLeftOnline (session: Session, number: string | null = null): Promise<OnlineLeft[]> {
  const left: OnlineLeft[] = []
  for (const work of await session.query<Work>(WORK, [number])) {
    const table = `${quote(work.schema)}.${quote(work.table)}`
    const isLeft = work.kind === 'index' ? await isLeftIndex(session, table, work) : await isLeftConstraint(session, table, work)
    if (!isLeft || (await findBlockers(session, table, 'share update exclusive')).length > 0) continue
    left.push(work.kind === 'index'
      ? { number: work.number, kind: 'index', name: work.name, table, statement: `drop index ${quote(work.schema)}.${quote(work.name)}` }
      : { number: work.number, kind: 'constraint', name: work.name, table, statement: `alter table ${table} drop constraint ${quote(work.name)}` })
  }
  return left
}

async function isLeftIndex (session: Session, table: string, { name, knownBy }: Work): Promise<boolean> {
  const found = await readIndex(session, { quoted: table }, name)
  return found?.valid === false && found.description === knownBy
}

async function isLeftConstraint (session: Session, table: string, { kind, name, knownBy }: Work): Promise<boolean> {
  const [found] = await session.query(CONSTRAINT, [knownBy, table, name])
  return found !== undefined && (found.valid === false || kind === 'not null check')
}
