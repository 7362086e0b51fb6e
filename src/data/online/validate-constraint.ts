import { messageOf, withCause } from '../../caught.js'
import { RefusedRowsError } from '../../errors.js'
import type { Session } from '../database.js'
import { lookBriefly } from '../governor/look-briefly.js'
import { codeOf } from '../governor/transient.js'
import { quote } from '../names.js'
import { findReferred } from '../preflight/find-referred.js'
import { forgetWork } from './note-work.js'
import { alterTable, runOnline, type Operation } from './operation.js'

/** not null, foreign key and check violations */
const VIOLATIONS = new Set(['23502', '23503', '23514'])

/** A constraint that new rows satisfy already, and old ones are to be held against. */
export interface Validation {
  readonly name: string
  /** columns of the table that it concerns */
  readonly columns: readonly string[]
  /** this run has added it; one that was there before is left as it was found */
  readonly added: boolean
  /** SQL that counts the rows which do not satisfy it, as `rows` */
  readonly countViolations: string
}

/**
 * Reads every row without holding up writers. When rows do not satisfy the constraint, one that this run has added is
 * taken back: it would refuse further writes of such rows.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_ROWS
 */
export async function validateConstraint (operation: Operation, { name, columns, added, countViolations }: Validation): Promise<void> {
  const { database, subject, table } = operation
  const target = `alter table ${table.quoted}`
  try {
    await runOnline(operation, `${target} validate constraint ${quote(name)}`, { endsWithClient: true })
  } catch (cause) {
    if (!VIOLATIONS.has(String(codeOf(cause)))) throw cause
    const drop = `${target} drop constraint if exists ${quote(name)}`
    const left = added ? await takeBack(operation, name, columns, drop) : `The constraint was there before and stays: new rows must satisfy it. To take it away: ${drop}`
    // who may refer to a table may not be allowed to read it, and a large one takes too long
    const [found] = await lookBriefly(database, async (session) => await session.query(countViolations)).catch(() => [{ rows: 'some' }])
    throw withCause(new RefusedRowsError(`${subject}: ${found?.rows} rows do not satisfy \`${name}\` (${messageOf(cause)}${detailOf(cause)}). Mend them and run it again; no row was touched. ${left}`), cause)
  }
}

/** An abort does not keep it from going. */
async function takeBack (operation: Operation, name: string, columns: readonly string[], drop: string): Promise<string> {
  const { database, table } = operation
  try {
    const alsoLocked = await findReferred(database, table.quoted, { constraints: [name] })
    const plan = async (session: Session): Promise<string[]> => {
      await forgetWork(session, table, name)
      return [drop]
    }
    await alterTable({ ...operation, signal: new AbortController().signal }, { lock: 'access exclusive', columns, alsoLocked, plan })
    return 'The constraint was taken back'
  } catch (error) {
    return `The constraint could not be taken back, and until then new rows must satisfy it (${messageOf(error)}): ${drop}`
  }
}

function detailOf (cause: unknown): string {
  const detail: unknown = Reflect.get(Object(cause), 'detail')
  return typeof detail === 'string' ? `: ${detail}` : ''
}
