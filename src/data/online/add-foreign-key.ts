import { RefusedNameTakenError } from '../../errors.js'
import { quote } from '../names.js'
import { deferralSql, type Deferral } from './deferral.js'
import type { Outcome } from './events.js'
import { findTable, refusePartitioned, type FoundTable, type TableName } from './find-table.js'
import { defaultName } from './index-definition.js'
import { forgetWork } from './note-work.js'
import { alterTable, type Operation } from './operation.js'
import { readConstraint, type FoundConstraint, type ForeignKeyTarget } from './read-constraint.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'
import { validateConstraint } from './validate-constraint.js'

/** What happens to a row when the one that it refers to goes, or changes its key. */
export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

/** Options of `addForeignKey`. */
export interface ForeignKeyOptions {
  /** the table that is referred to, and its columns, which are a primary key or unique */
  readonly references: { readonly table: TableName, readonly columns: readonly string[] }
  /** of the constraint @default `<table>_<columns>_foreign`, cut to 63 bytes, as knex names it */
  readonly name?: string
  /** what happens to a row when the one that it refers to goes @default 'no action' */
  readonly onDelete?: ForeignKeyAction
  /** … or changes its key @default 'no action' */
  readonly onUpdate?: ForeignKeyAction
  /** until when a violation may wait @default 'not deferrable' */
  readonly deferrable?: Deferral
}

const NATIVE_ON_PARTITIONED = 18

/** The foreign key is added for new rows, then old ones are held against it. */
export async function addForeignKey (operation: Operation, columns: readonly string[], options: ForeignKeyOptions): Promise<Outcome> {
  const { database, subject, table, serverMajor } = operation
  if (serverMajor < NATIVE_ON_PARTITIONED) refusePartitioned(subject, table, 'add it to each partition, or upgrade to Postgres 18')
  const { deferrable = 'not deferrable', onDelete = 'no action', onUpdate = 'no action' } = options
  const name = options.name ?? defaultName(table.name, columns, 'foreign')
  const referred = await findTable(database, subject, options.references.table)
  const target: ForeignKeyTarget = { table: referred.quoted, columns: options.references.columns, onDelete, onUpdate }
  await refuseTransitions(operation, columns, referred, target)
  const found = await readConstraint(database, table, name)
  if (found !== undefined && !isSame(found, columns, target, deferrable)) {
    throw new RefusedNameTakenError(`${subject}: the name \`${name}\` is taken by another constraint (${found.shown}): drop or rename it, or give another \`name\``)
  }
  if (found?.valid === true) return 'present'
  await alterTable(operation, {
    lock: 'share row exclusive',
    columns,
    alsoLocked: [referred.quoted],
    plan: async (session) => await readConstraint(session, table, name) === undefined ? [addSql(table, name, columns, target, deferrable)] : [],
    begins: async () => ({ kind: 'constraint', name })
  })
  await validateConstraint(operation, { name, columns, added: found === undefined, countViolations: countSql(table, columns, target) })
  await forgetWork(database, table, name)
  return 'done'
}

async function refuseTransitions (operation: Operation, columns: readonly string[], referred: FoundTable, target: ForeignKeyTarget): Promise<void> {
  await refuseColumnsInTransition(operation.database, operation, columns)
  await refuseColumnsInTransition(operation.database, { ...operation, table: referred }, target.columns)
}

function isSame (found: FoundConstraint, columns: readonly string[], target: ForeignKeyTarget, deferral: Deferral): boolean {
  const { references } = found
  return references !== null && found.enforced && found.deferral === deferral && JSON.stringify(found.columns) === JSON.stringify(columns) &&
    references.table === target.table && JSON.stringify(references.columns) === JSON.stringify(target.columns) &&
    references.onDelete === target.onDelete && references.onUpdate === target.onUpdate
}

function addSql (table: FoundTable, name: string, columns: readonly string[], target: ForeignKeyTarget, deferral: Deferral): string {
  const list = (all: readonly string[]): string => all.map(quote).join(', ')
  return `alter table ${table.quoted} add constraint ${quote(name)} foreign key (${list(columns)}) references ${target.table} (${list(target.columns)}) on delete ${target.onDelete} on update ${target.onUpdate}${deferralSql(deferral)} not valid`
}

function countSql (table: FoundTable, columns: readonly string[], target: ForeignKeyTarget): string {
  const known = columns.map((column) => `r.${quote(column)} is not null`).join(' and ')
  const match = columns.map((column, index) => `k.${quote(String(target.columns[index]))} = r.${quote(column)}`).join(' and ')
  return `select count(*)::int as rows from ${table.quoted} r where ${known} and not exists (select from ${target.table} k where ${match})`
}
