import { RefusedNameTakenError } from '../../errors.js'
import { quote } from '../names.js'
import type { Outcome } from './events.js'
import { alterTable, type Operation } from './operation.js'
import { forgetWork, type NotedConstraint } from './note-work.js'
import { readConstraint, readTwinCheck } from './read-constraint.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'
import { onTwin } from './twin.js'
import { validateConstraint } from './validate-constraint.js'

/** Options of `addCheck`. */
export interface CheckOptions {
  /** of the constraint, which Postgres needs in order to know it again */
  readonly name: string
}

/**
 * The CHECK is added for new rows, then old ones are held against it.
 *
 * @param kind whether it is wanted for itself; who wants it on the way to something else takes it away
 */
export async function addCheck (operation: Operation, condition: string, { name }: CheckOptions, kind: NotedConstraint['kind'] = 'constraint'): Promise<Outcome> {
  const { database, subject, table } = operation
  const add = `add constraint ${quote(name)} check (${condition}\n)`
  const expected = await onTwin(database, table, 'with columns', async (session, twin) => {
    await session.query(`alter table ${twin} ${add}`)
    return await readTwinCheck(session, twin)
  })
  const { columns } = expected
  await refuseColumnsInTransition(database, operation, columns)
  const found = await readConstraint(database, table, name)
  if (found !== undefined && (found.type !== 'c' || found.check !== expected.check || !found.enforced)) {
    throw new RefusedNameTakenError(`${subject}: the name \`${name}\` is taken by another constraint (${found.shown}): drop or rename it, or give another \`name\``)
  }
  if (found?.valid === true) return 'present'
  await alterTable(operation, {
    lock: 'access exclusive',
    columns,
    plan: async (session) => await readConstraint(session, table, name) === undefined ? [`alter table ${table.quoted} ${add} not valid`] : [],
    begins: async () => ({ kind, name })
  })
  const countViolations = `select count(*)::int as rows from ${table.quoted} where not (${condition}\n)`
  await validateConstraint(operation, { name, columns, added: found === undefined, countViolations })
  if (kind === 'constraint') await forgetWork(database, table, name)
  return 'done'
}
