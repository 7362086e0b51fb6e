import { RefusedCopyError } from '../../errors.js'
import type { Session } from '../database.js'
import { hasTable } from './has-table.js'

/** What tells one database from another; a copy of the server's files has the same. */
export interface Place {
  /** of the cluster: `initdb` gives it, a standby shares it; null for a role that may not read it */
  readonly systemIdentifier: string | null
  /** of the database within the cluster; it outlives a rename */
  readonly databaseOid: string
  readonly databaseName: string
}

interface PlaceRow { oid: string, name: string, tells: boolean }

const PLACE = `
select oid::text, datname::text as name, has_function_privilege('pg_catalog.pg_control_system()', 'execute') as tells
from pg_catalog.pg_database where datname = current_database()`

interface OriginRow { system: string | null, oid: string, name: string }

const ORIGIN = 'select system_identifier as system, database_oid::text as oid, database_name::text as name from vintage.origin'

async function readPlace (session: Session): Promise<Place> {
  const [row] = await session.query<PlaceRow>(PLACE)
  const [control] = row?.tells === true ? await session.query<{ id: string }>('select system_identifier::text as id from pg_catalog.pg_control_system()') : []
  return { systemIdentifier: control?.id ?? null, databaseOid: String(row?.oid), databaseName: String(row?.name) }
}

/** @returns the database that this one was copied from, as far as that can be told; null when it is none, or has never been under fastify-vintage */
export async function readOrigin (session: Session): Promise<Place | null> {
  if (!await hasTable(session, 'origin')) return null
  const [origin] = await session.query<OriginRow>(ORIGIN)
  const place = await readPlace(session)
  if (origin === undefined || !isElsewhere(origin, place)) return null
  return { systemIdentifier: origin.system, databaseOid: origin.oid, databaseName: origin.name }
}

function isElsewhere ({ system, oid }: OriginRow, place: Place): boolean {
  return oid !== place.databaseOid || (system !== null && place.systemIdentifier !== null && system !== place.systemIdentifier)
}

/**
 * Makes sure that what schema `vintage` says is about this database.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COPY when it is a restored copy that nobody has adopted
 */
export async function refuseCopy (session: Session): Promise<void> {
  const origin = await readOrigin(session)
  if (origin !== null) throw new RefusedCopyError(describeOrigin(origin))
}

/** `app` (cluster 7…, oid 16384) */
export function describeOrigin ({ databaseName, systemIdentifier, databaseOid }: Place): string {
  return `\`${databaseName}\` (${systemIdentifier === null ? '' : `cluster ${systemIdentifier}, `}oid ${databaseOid})`
}

const CLAIM = `
insert into vintage.origin (system_identifier, database_oid, database_name, claimed_by) values ($1, $2, $3, $4)
on conflict (is_only) do `

/** Writes down that the schema is about this database, where nothing is written down yet. */
export async function noteOrigin (session: Session): Promise<void> {
  await claim(session, null, 'nothing')
}

/** Writes down that the schema is about this database from now on. */
export async function claimOrigin (session: Session, by: string): Promise<void> {
  await claim(session, by, 'update set system_identifier = excluded.system_identifier, database_oid = excluded.database_oid, database_name = excluded.database_name, claimed_by = excluded.claimed_by, claimed_at = clock_timestamp()')
}

async function claim (session: Session, by: string | null, otherwise: string): Promise<void> {
  const { systemIdentifier, databaseOid, databaseName } = await readPlace(session)
  await session.query(`${CLAIM}${otherwise}`, [systemIdentifier, databaseOid, databaseName, by])
}
