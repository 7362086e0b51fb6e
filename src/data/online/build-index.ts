import { RefusedNameTakenError } from '../../errors.js'
import type { Session } from '../database.js'
import type { Blocker } from '../events.js'
import { blockerOf, findBlockers } from '../governor/blockers.js'
import { pause } from '../governor/pause.js'
import { codeOf } from '../governor/transient.js'
import { quote } from '../names.js'
import { indexStatement, type IndexShape } from './index-definition.js'
import type { Outcome } from './events.js'
import { forgetWork, noteIndex } from './note-work.js'
import { runOnline, type Operation } from './operation.js'
import { readIndex, tryIndex, type ExpectedIndex } from './read-index.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'
import { refuseDuplicates } from './refuse-duplicates.js'
import { onTwin } from './twin.js'

const POLL_MS = 200
const UNIQUE_VIOLATION = '23505'
const DUPLICATE_TABLE = '42P07'

/**
 * Builds an index concurrently, unless it is there. One that a killed run has left invalid is dropped and built again,
 * once nobody is at work on the table who may still be building it.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_NAME_TAKEN, FST_ERR_VINTAGE_REFUSED_ROWS when values are not unique
 */
export async function buildIndex (operation: Operation, name: string, shape: IndexShape): Promise<Outcome> {
  const expected = await expectIndex(operation, name, shape)
  await refuseColumnsInTransition(operation.database, operation, expected.columns)
  return await build(operation, name, shape, expected)
}

/** What the index will be in Postgres' own words, and the columns that it reads. */
export async function expectIndex ({ database, table }: Operation, name: string, shape: IndexShape): Promise<ExpectedIndex> {
  return await onTwin(database, table, 'with columns', async (session, twin) => await tryIndex(session, twin, name, shape))
}

async function build (operation: Operation, name: string, shape: IndexShape, expected: ExpectedIndex): Promise<Outcome> {
  const { database, subject, table } = operation
  const found = await readIndex(database, table, name)
  if (found !== undefined) {
    if (found.description !== expected.description) throw new RefusedNameTakenError(`${subject}: the name \`${name}\` is taken by something else than this index (${found.shown}): drop or rename it, or give another \`name\``)
    if (found.valid) return 'present'
    if (await outwaitBuilder(operation, name)) return await build(operation, name, shape, expected)
    await dropIndex(operation, name)
  }
  await noteIndex(database, table, name, expected.description)
  try {
    await runOnline(operation, indexStatement(shape, name, table.quoted, true), { turn: { key: turnOf(operation, name), wanted: async () => true } })
  } catch (cause) {
    const code = codeOf(cause)
    // somebody else has begun to build it while this one waited for its turn
    if (code === DUPLICATE_TABLE) return await build(operation, name, shape, expected)
    if (code === UNIQUE_VIOLATION) {
      // an invalid unique index would go on refusing writes
      await dropIndex(operation, name)
      await forgetWork(database, table, name)
      return await refuseDuplicates(operation, name, shape, cause)
    }
    throw cause
  }
  await forgetWork(database, table, name)
  return 'done'
}

/** Of all processes that build or drop this index one does at a time, and one that has become valid meanwhile stays. */
async function dropIndex (operation: Operation, name: string): Promise<void> {
  const wanted = async (session: Session): Promise<boolean> => (await readIndex(session, operation.table, name))?.valid === false
  await runOnline(operation, `drop index concurrently if exists ${quote(operation.table.schema)}.${quote(name)}`, { turn: { key: turnOf(operation, name), wanted } })
}

function turnOf ({ table }: Operation, name: string): string {
  return `index ${quote(table.schema)}.${quote(name)}`
}

/**
 * Whoever builds an index of a table holds a lock on it that lets only readers and writers pass, and so do VACUUM and
 * other DDL: these are waited for too, as the drop would.
 *
 * @returns whether anybody was waited for
 */
async function outwaitBuilder ({ database, table, tell, signal }: Operation, index: string): Promise<boolean> {
  const find = async (): Promise<Blocker[]> => (await findBlockers(database, table.quoted, 'share update exclusive')).map(blockerOf)
  let blockers = await find()
  if (blockers.length === 0) return false
  tell({ type: 'waiting', index, blockers })
  while (blockers.length > 0) {
    await pause(POLL_MS, signal)
    blockers = await find()
  }
  return true
}
