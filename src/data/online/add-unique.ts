import { RefusedNameTakenError } from '../../errors.js'
import { quote } from '../names.js'
import { buildIndex, expectIndex } from './build-index.js'
import type { Outcome } from './events.js'
import { deferralSql, type Deferral } from './deferral.js'
import { refusePartitioned } from './find-table.js'
import { defaultName, type IndexShape } from './index-definition.js'
import { alterTable, type Operation } from './operation.js'
import { readConstraint } from './read-constraint.js'
import { readIndex } from './read-index.js'

/** Options of `addUnique`. */
export interface UniqueOptions {
  /** of the constraint and of its index @default `<table>_<columns>_unique`, cut to 63 bytes, as knex names it */
  readonly name?: string
  /** whether two nulls are the same value @default false */
  readonly nullsNotDistinct?: boolean
  /** until when a violation may wait @default 'not deferrable' */
  readonly deferrable?: Deferral
}

/** The index is built concurrently, then the constraint takes it over, which reads no row. */
export async function addUnique (operation: Operation, columns: readonly string[], { name: given, nullsNotDistinct = false, deferrable = 'not deferrable' }: UniqueOptions): Promise<Outcome> {
  const { database, subject, table } = operation
  refusePartitioned(subject, table, 'add the constraint to each partition, then to the parent, which takes those over')
  const name = given ?? defaultName(table.name, columns, 'unique')
  const shape: IndexShape = { elements: columns, unique: true, nullsNotDistinct }
  const found = await readConstraint(database, table, name)
  if (found !== undefined) {
    const { description } = await expectIndex(operation, name, shape)
    if (found.type === 'u' && found.deferral === deferrable && (await readIndex(database, table, name))?.description === description) return 'present'
    throw new RefusedNameTakenError(`${subject}: the name \`${name}\` is taken by another constraint (${found.shown}): drop or rename it, or give another \`name\``)
  }
  await buildIndex(operation, name, shape)
  await alterTable(operation, {
    lock: 'access exclusive',
    columns,
    plan: async (session) => await readConstraint(session, table, name) === undefined
      ? [`alter table ${table.quoted} add constraint ${quote(name)} unique using index ${quote(name)}${deferralSql(deferrable)}`]
      : []
  })
  return 'done'
}
