import { knowIndexesAgain } from './constrain/index-owner.js'
import type { Context } from './context.js'
import type { Session } from './database.js'
import type { AdoptResult } from './results.js'
import { ensureSchema, hasSchema } from './state/ensure-schema.js'
import { logEvent } from './state/events.js'
import { claimOrigin, readOrigin, type Place } from './state/origin.js'
import { readTransitions } from './state/transitions.js'

/**
 * What is of the origin and not of this database. Instances and stray writers of a copy under another name can be told;
 * under the same name an instance goes when its lease has run out, which none of the origin renews here, and notes grow
 * old. A copy may be in use before it is adopted: what its own processes have written stays.
 */
const FORGET = [
  'delete from vintage.instances where lease_until < clock_timestamp() or database <> current_database()',
  'delete from vintage.stray_writes where database <> current_database()',
  'delete from vintage.shadow_reads where database <> current_database()',
  // a constraint is known by its number, which a dump does not keep: nothing would ever be swept by such a note
  `delete from vintage.online_work w where kind <> 'index' and not exists (
    select 1 from pg_catalog.pg_constraint c where c.oid::text = w.known_by and c.conname = w.name and c.conrelid = to_regclass(format('%I.%I', w.table_schema, w.table_name)))`,
  'update vintage.backfills set held_reason = null, held_since = null',
  // the time of soaking begins anew, since nobody has watched this database
  'update vintage.transitions set operator = null, operator_since = null, operator_until = null, operator_token = operator_token + 1, changed_at = clock_timestamp()'
]

/** Takes a restored copy over from the database that it was copied from; does nothing where it is none. */
export async function adoptCopy (context: Context): Promise<AdoptResult> {
  if (!await hasSchema(context.database)) return { copyOf: null, transitions: [] }
  await ensureSchema(context)
  return await context.database.transaction(async (session) => {
    // two who adopt take turns
    await session.query('lock table vintage.origin in share row exclusive mode')
    const copyOf = await readOrigin(session)
    return copyOf === null ? { copyOf, transitions: [] } : { copyOf, transitions: await adopt(session, copyOf, context.by) }
  })
}

async function adopt (session: Session, copyOf: Place, by: string): Promise<AdoptResult['transitions']> {
  for (const statement of FORGET) await session.query(statement)
  await knowIndexesAgain(session, by)
  await claimOrigin(session, by)
  const states = await readTransitions(session)
  for (const { name, phase, epoch } of states) await logEvent(session, { transition: name, event: 'adopted', phase, epoch, by, details: { copyOf } })
  return states.map(({ name, phase }) => ({ transition: name, phase }))
}
