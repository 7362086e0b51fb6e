import { loadModule } from 'libpg-query'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { namesOf } from '../names.js'
import { describeIndex, type NamedIndex } from '../sql/create-index.js'
import { twinsOf } from '../sql/twin-indexes.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { buildIndex, dropIndex } from './build-indexes.js'
import { runInTurn } from './run-in-turn.js'

const VALID = `
select c.relname as name from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indrelid = to_regclass($1) and c.relname = any ($2) and (i.indisvalid or $3)`

/**
 * Builds the twins that are missing, concurrently, and lets the planner learn what they hold. Until they are there a
 * condition on a new column reads the whole table.
 */
export async function buildTwins (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  const missing = await missingTwins(context, state)
  if (missing.length === 0) return
  for (const twin of missing) await buildIndex(context, lease, state, twin)
  // an index on expressions has no statistics before the next ANALYZE
  await runInTurn(context, lease, `analyze ${qualifiedTable(state)}`, { endsWithClient: true })
}

/** @returns the twins that have to be built, or built again */
export async function missingTwins (context: Context, state: TransitionState): Promise<NamedIndex[]> {
  await loadModule()
  const twins = twinsOf(transitionOf(state), state.tableName)
  const there = await findTwins(context, state, false)
  return twins.filter(({ name }) => !there.includes(name))
}

/** Drops the twins, once every instance reads the columns themselves. */
export async function dropTwins (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  for (const name of await findTwins(context, state, true)) await dropIndex(context, lease, state, { name })
}

/** @returns the names of the twins that are there */
export async function findTwins (context: Context, state: TransitionState, alsoInvalid: boolean): Promise<string[]> {
  const names = (state.definition.indexes ?? []).map((index) => namesOf(state.name).twin(describeIndex(index, state.tableName).name))
  return (await context.database.query<{ name: string }>(VALID, [qualifiedTable(state), names, alsoInvalid])).map(({ name }) => name)
}
