import { RefusedIndexError } from '../../errors.js'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { pause } from '../governor/pause.js'
import { codeOf } from '../governor/transient.js'
import { quote } from '../names.js'
import { createIndex, indexesOf, type NamedIndex } from '../sql/create-index.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { messageOf, withCause } from '../../caught.js'
import { noteIndex } from './index-owner.js'
import { runInTurn } from './run-in-turn.js'
import { readIndex, type FoundIndex } from './read-index.js'

const POLL_MS = 500
const UNIQUE_VIOLATION = '23505'

/** a value on which an expression raises, one that is there twice, one that is too long */
const VALUE_DOES_NOT_FIT = /^(?:22|23|54)/

/**
 * Builds the indexes of the new side concurrently. One that is there and fits is taken as it is; one that a killed
 * run of ours has left invalid is dropped and built again, but not while a session is still building it.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_INDEX when the name is taken, or a value does not fit: it is not unique, too long, or `upgrade` raises on it
 */
export async function buildIndexes (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  for (const index of indexesOf(transitionOf(state), state.tableName)) await buildIndex(context, lease, state, index)
}

/** Builds one index as {@link buildIndexes} does. */
export async function buildIndex (context: Context, lease: Lease, state: TransitionState, index: NamedIndex): Promise<void> {
  const table = qualifiedTable(state)
  const tell = (what: 'building' | 'built' | 'present' | 'waiting for another builder' | 'dropping what a killed build left'): void =>
    context.report({ type: 'index', transition: state.name, index: index.name, state: what })
  const found = await readSettled(context, state, index, () => tell('waiting for another builder'))
  if (found !== undefined) {
    refuseForeign(state, index, found)
    if (found.valid && found.begun) await noteIndex(context, lease, state, 'index-built', index.name)
    if (found.valid) return tell('present')
    tell('dropping what a killed build left')
    await dropIndex(context, lease, state, index)
  }
  await noteIndex(context, lease, state, 'index', index.name)
  tell('building')
  await runInTurn(context, lease, createIndex(index, table, true)).catch(async (cause) => await explain(context, lease, state, index, cause))
  await noteIndex(context, lease, state, 'index-built', index.name)
  tell('built')
}

/** The server goes on building after its client was killed; what it builds is waited for. */
async function readSettled (context: Context, state: TransitionState, index: NamedIndex, tell: () => void): Promise<FoundIndex | undefined> {
  const read = async (): Promise<FoundIndex | undefined> => await readIndex(context.database, qualifiedTable(state), index.name, state.name)
  let found = await read()
  for (let told = false; found?.building === true; told = true) {
    if (!told) tell()
    await pause(POLL_MS, context.signal)
    found = await read()
  }
  return found
}

function refuseForeign (state: TransitionState, index: NamedIndex, found: FoundIndex): void {
  const fits = found.onTable && found.unique === index.unique && JSON.stringify(found.columns) === JSON.stringify(index.columns)
  if (fits && (found.valid || found.ours)) return
  const what = fits ? 'an invalid index that this transition has not built' : 'something else than this index'
  throw new RefusedIndexError(`transition \`${state.name}\`: the name \`${index.name}\` is taken by ${what}: drop or rename it, or give the index another name (\`indexes: [{ columns, name }]\`)`)
}

/** An invalid index would go on refusing what does not fit into it, so it does not stay. */
async function explain (context: Context, lease: Lease, state: TransitionState, index: NamedIndex, cause: unknown): Promise<never> {
  const code = codeOf(cause)
  if (code === undefined || !VALUE_DOES_NOT_FIT.test(code)) throw cause
  await dropIndex(context, lease, state, index)
  const problem = code === UNIQUE_VIOLATION ? `${Object.assign({ detail: '' }, cause).detail} Make the values unique` : `${messageOf(cause)}. Mend the value, or the definition`
  throw withCause(new RefusedIndexError(`transition \`${state.name}\`: ${index.unique ? 'unique ' : ''}index \`${index.name}\` cannot be built: ${problem}, and run it again; no row was touched`), cause)
}

/** Drops an index of the table concurrently, if it is there. */
export async function dropIndex (context: Context, lease: Lease, state: TransitionState, index: Pick<NamedIndex, 'name'>): Promise<void> {
  await runInTurn(context, lease, `drop index concurrently if exists ${quote(state.tableSchema)}.${quote(index.name)}`)
  await noteIndex(context, lease, state, 'index-dropped', index.name)
}
