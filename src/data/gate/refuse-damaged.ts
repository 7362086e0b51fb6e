import { RefusedColumnsError, RefusedTriggersError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createTriggers } from '../dual-writer/triggers.js'
import { namesOf } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf } from '../transition.js'

const COLUMNS = 'select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = any ($2) and attnum > 0'

/** A trigger that is not ENABLE ALWAYS misses what a replica applies; one of the same name may run something else. */
const TRIGGERS = `
select t.tgname as name
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc p on p.oid = t.tgfoid and p.pronamespace = 'vintage'::regnamespace
join unnest($2::text[], $3::text[]) as wanted (name, runs) on t.tgname = wanted.name and p.proname = wanted.runs
where t.tgrelid = to_regclass($1) and t.tgenabled = 'A'`

/**
 * Refuses every step while a column or trigger of the transition is gone: somebody else has changed the table, and the
 * two sides may not be in sync.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS, FST_ERR_VINTAGE_REFUSED_TRIGGERS
 */
export async function refuseDamaged ({ database }: Context, state: TransitionState): Promise<void> {
  if (state.phase === 'drop') return
  await database.transaction(async (session) => {
    await refuseMissingColumns(session, state)
    if (state.phase !== 'expand') await refuseMissingTriggers(session, state)
  })
}

async function refuseMissingColumns (session: Session, state: TransitionState): Promise<void> {
  const { marker, hidden } = namesOf(state.name)
  const old = oldColumnsOf(state.definition)
  const table = qualifiedTable(state)
  const wanted = [...state.phase === 'hide' ? old.map(hidden) : old, ...newColumnsOf(state.definition), marker]
  const missing = without(wanted, await session.query(COLUMNS, [table, wanted]))
  if (missing.length > 0) throw new RefusedColumnsError(`transition \`${state.name}\`: ${table} no longer has ${list(missing)}, so somebody else has changed it: nothing is done. Restore what is missing, from a backup where it had values, and run it again`)
}

/**
 * Refuses what counts on the dual writer while it does not run for every write. To be called in a transaction that
 * holds a lock on the table which a change of its triggers waits for, be it that of a write: then what is seen holds
 * for all of the transaction.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS
 */
export async function refuseMissingTriggers (session: Session, state: TransitionState): Promise<void> {
  const { insertTrigger, updateTrigger, insertFunction, updateFunction } = namesOf(state.name)
  const table = qualifiedTable(state)
  const wanted = [insertTrigger, updateTrigger]
  const missing = without(wanted, await session.query(TRIGGERS, [table, wanted, [insertFunction, updateFunction]]))
  if (missing.length === 0) return
  await pinSearchPath(session)
  const statements = createTriggers(state, await readSides(session, state, state.phase === 'hide'))
  throw new RefusedTriggersError(`transition \`${state.name}\`: ${table} no longer has ${list(missing)} (or not ENABLE ALWAYS, or with another function), so somebody else has changed it, and what was written since is not in sync: nothing is done. Create what is missing again, and look with \`vintage verify\`: ${statements.join('; ')}`)
}

function without (wanted: readonly string[], found: ReadonlyArray<{ name?: unknown }>): string[] {
  return wanted.filter((name) => !found.some((row) => row.name === name))
}

function list (names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
