import { RefusedColumnsError } from '../../errors.js'
import type { Session } from '../database.js'
import { notNullCheckName, quote } from '../names.js'
import type { Outcome } from './events.js'
import type { FoundTable } from './find-table.js'
import { addCheck } from './add-check.js'
import { forgetWork } from './note-work.js'
import { alterTable, type Operation } from './operation.js'
import { readConstraint, readNotNull } from './read-constraint.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'
import { validateConstraint } from './validate-constraint.js'

/** From this Postgres on NOT NULL itself can be added for new rows first. */
const NATIVE = 18

/** NOT NULL is added for new rows, then old ones are held against it. */
export async function addNotNull (operation: Operation, column: string): Promise<Outcome> {
  const { database, subject, table } = operation
  await refuseColumnsInTransition(database, operation, [column])
  const required = await isMarked(database, operation, column)
  if (required === undefined) throw new RefusedColumnsError(`${subject}: ${table.quoted} has no column \`${column}\``)
  return operation.serverMajor < NATIVE ? await byCheck(operation, column, required) : await natively(operation, column)
}

/** @returns whether the column is marked as NOT NULL, which from Postgres 18 on does not say that old rows are; undefined when there is none */
async function isMarked (session: Session, { table }: Operation, column: string): Promise<boolean | undefined> {
  const [found] = await session.query<{ required: boolean }>('select attnotnull as required from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = $2 and attnum > 0', [table.quoted, column])
  return found?.required
}

/** Postgres believes SET NOT NULL on the strength of a CHECK that is valid, without reading a row. */
async function byCheck (operation: Operation, column: string, required: boolean): Promise<Outcome> {
  if (required) return 'present'
  const { database, table } = operation
  const name = notNullCheckName(table.name, column)
  do await addCheck(operation, `${quote(column)} is not null`, { name }, 'not null check')
  while (!await believeCheck(operation, column, name))
  await forgetWork(database, table, name)
  return 'done'
}

/**
 * Sets NOT NULL while nobody can take the CHECK away, as a sweep does that takes it for left over: without it every row
 * would be read under the lock.
 *
 * @returns whether the column is NOT NULL; otherwise the CHECK is gone
 */
async function believeCheck (operation: Operation, column: string, name: string): Promise<boolean> {
  const { table } = operation
  let proven = true
  await alterTable(operation, {
    lock: 'access exclusive',
    columns: [column],
    plan: async (session) => {
      if (await isMarked(session, operation, column) === true) return []
      proven = (await readConstraint(session, table, name))?.valid === true
      return proven ? [`alter table ${table.quoted} alter column ${quote(column)} set not null`, `alter table ${table.quoted} drop constraint ${quote(name)}`] : []
    }
  })
  return proven
}

async function natively (operation: Operation, column: string): Promise<Outcome> {
  const { database, table } = operation
  const found = await readNotNull(database, table, column)
  if (found?.valid === true) return 'present'
  await alterTable(operation, {
    lock: 'access exclusive',
    columns: [column],
    plan: async (session) => await readNotNull(session, table, column) === undefined ? [`alter table ${table.quoted} add not null ${quote(column)} not valid`] : [],
    // Postgres names it as SET NOT NULL would have
    begins: async (session) => ({ kind: 'constraint', name: await nameOf(session, table, column) })
  })
  const name = await nameOf(database, table, column)
  const countViolations = `select count(*)::int as rows from ${table.quoted} where ${quote(column)} is null`
  await validateConstraint(operation, { name, columns: [column], added: found === undefined, countViolations })
  await forgetWork(database, table, name)
  return 'done'
}

async function nameOf (session: Session, table: FoundTable, column: string): Promise<string> {
  return String((await readNotNull(session, table, column))?.name)
}
