import { RefusedDependentsError } from '../../errors.js'
import type { Session } from '../database.js'
import { quote } from '../names.js'
import { listDependents } from '../preflight/find-dependents.js'
import { findReferred } from '../preflight/find-referred.js'
import type { Outcome } from './events.js'
import { alterTable, type Operation } from './operation.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'

const IN_KEY = `
select c.conname as name from pg_catalog.pg_constraint c join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
where c.conrelid = to_regclass($1) and c.contype = 'p' and a.attname = $2`

/** Nothing goes with the column but what concerns it alone, and that is told; never CASCADE. */
export async function dropColumn (operation: Operation, column: string): Promise<Outcome> {
  const { database, table, tell } = operation
  await refuseColumnsInTransition(database, operation, [column])
  if (!await hasColumn(database, table.quoted, column)) return 'present'
  let goingAlong: string[] = []
  await alterTable(operation, {
    lock: 'access exclusive',
    columns: [column],
    alsoLocked: await findReferred(database, table.quoted, { columns: [column] }),
    plan: async (session) => {
      if (!await hasColumn(session, table.quoted, column)) return []
      goingAlong = await refuseDependents(session, operation, column)
      return [`alter table ${table.quoted} drop column ${quote(column)}`]
    }
  })
  if (goingAlong.length > 0) tell({ type: 'dependents', objects: goingAlong })
  return 'done'
}

async function hasColumn (session: Session, table: string, column: string): Promise<boolean> {
  return (await session.query('select from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = $2 and attnum > 0', [table, column])).length > 0
}

/** @returns what goes with the column */
async function refuseDependents (session: Session, { subject, table }: Operation, column: string): Promise<string[]> {
  const keys = (await session.query<{ name: string }>(IN_KEY, [table.quoted, column])).map(({ name }) => `primary key ${name}`)
  const dependents = await listDependents(session, table.quoted, [column], [])
  const inTheWay = [...keys, ...dependents.filter(({ goesAlong }) => !goesAlong).map(({ object }) => object)]
  if (inTheWay.length > 0) throw new RefusedDependentsError(`${subject}: these would break, or go with \`${column}\`: ${inTheWay.join(', ')}. Change or drop them first, then run it again`)
  return dependents.map(({ object }) => object)
}
