import { RefusedColumnsError, RefusedTriggersError } from '../../errors.js'
import type { Context } from '../context.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createTriggers } from '../dual-writer/triggers.js'
import { namesOf } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf } from '../transition.js'

const COLUMNS = 'select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = any ($2) and attnum > 0'

/** A trigger that is not ENABLE ALWAYS misses what a replica applies. */
const TRIGGERS = "select tgname as name from pg_catalog.pg_trigger where tgrelid = to_regclass($1) and tgname = any ($2) and tgenabled = 'A'"

/**
 * Refuses every step while a column or trigger of the transition is gone: somebody else has changed the table, and the
 * two sides may not be in sync.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS, FST_ERR_VINTAGE_REFUSED_TRIGGERS
 */
export async function refuseDamaged (context: Context, state: TransitionState): Promise<void> {
  if (state.phase === 'drop') return
  const table = qualifiedTable(state)
  const { marker, hidden, insertTrigger, updateTrigger } = namesOf(state.name)
  const hides = state.phase === 'hide'
  const missing = async (sql: string, names: readonly string[]): Promise<string[]> => {
    const found = (await context.database.query<{ name: string }>(sql, [table, names])).map(({ name }) => name)
    return names.filter((name) => !found.includes(name))
  }
  const old = oldColumnsOf(state.definition)
  const columns = await missing(COLUMNS, [...hides ? old.map(hidden) : old, ...newColumnsOf(state.definition), marker])
  if (columns.length > 0) throw new RefusedColumnsError(`transition \`${state.name}\`: ${table} no longer has ${list(columns)}, so somebody else has changed it: nothing is done. Restore what is missing, from a backup where it had values, and run it again`)
  const triggers = state.phase === 'expand' ? [] : await missing(TRIGGERS, [insertTrigger, updateTrigger])
  if (triggers.length === 0) return
  const statements = await context.database.transaction(async (session) => {
    await pinSearchPath(session)
    return createTriggers(state, await readSides(session, state, hides))
  })
  throw new RefusedTriggersError(`transition \`${state.name}\`: ${table} no longer has ${list(triggers)} (or not ENABLE ALWAYS), so somebody else has changed it, and what was written since is not in sync: nothing is done. Create what is missing again, and look with \`vintage verify\`: ${statements.join('; ')}`)
}

function list (names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
