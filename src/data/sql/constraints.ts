import { fit, quote } from '../names.js'
import type { ForeignKeyDefinition, Transition } from '../transition.js'
import type { NamedIndex } from './create-index.js'

/** A constraint of the new side with its name settled. */
export interface NamedConstraint {
  readonly name: string
  readonly kind: 'check' | 'unique' | 'foreign key'
  /** what follows its name in SQL */
  readonly clause: string
  /** SQL that holds for a row `t` that does not satisfy it; null for a unique one, of which its index tells */
  readonly violated: string | null
  /** the index that a unique one takes over */
  readonly index: NamedIndex | null
  /** the table that a foreign key refers to, quoted, with its schema: whatever adds or drops the key locks it too */
  readonly refersTo: string | null
}

/**
 * CHECKs, foreign keys and unique constraints of the new side.
 *
 * @param found where the transition's table is; a table that is referred to without a schema lies beside it
 */
export function constraintsOf (transition: Transition, { tableSchema, tableName }: { tableSchema: string, tableName: string }): NamedConstraint[] {
  const checks = Object.entries(transition.checks ?? {}).map(([name, condition]): NamedConstraint => ({
    name, kind: 'check', clause: `check (${condition}\n)`, violated: `not (${condition}\n)`, index: null, refersTo: null
  }))
  const uniques = (transition.unique ?? []).map((columns): NamedConstraint => {
    const name = fit([tableName, ...columns, 'unique'].join('_'))
    const elements = columns.map(quote)
    return { name, kind: 'unique', clause: `unique (${elements.join(', ')})`, violated: null, index: { name, unique: true, columns, elements }, refersTo: null }
  })
  return [...checks, ...(transition.foreignKeys ?? []).map((key) => foreignKeyOf(key, tableSchema, tableName)), ...uniques]
}

function foreignKeyOf (key: ForeignKeyDefinition, schema: string, table: string): NamedConstraint {
  const { columns, references, onDelete = 'no action', onUpdate = 'no action' } = key
  const target = referredTable(key, schema)
  const known = columns.map((column) => `t.${quote(column)} is not null`).join(' and ')
  const match = columns.map((column, index) => `k.${quote(String(references.columns[index]))} = t.${quote(column)}`).join(' and ')
  return {
    name: key.name ?? fit([table, ...columns, 'foreign'].join('_')),
    kind: 'foreign key',
    clause: `foreign key (${columns.map(quote).join(', ')}) references ${target} (${references.columns.map(quote).join(', ')}) on delete ${onDelete} on update ${onUpdate}`,
    violated: `${known} and not exists (select from ${target} k where ${match})`,
    index: null,
    refersTo: target
  }
}

/** The tables that foreign keys of the new side refer to, quoted, with their schema. */
export function referredTables (transition: Transition, found: { tableSchema: string, tableName: string }): string[] {
  return constraintsOf(transition, found).flatMap(({ refersTo }) => refersTo ?? [])
}

/** `"shop"."countries"` */
export function referredTable ({ references: { table } }: ForeignKeyDefinition, schema: string): string {
  const dot = table.indexOf('.')
  return dot === -1 ? `${quote(schema)}.${quote(table)}` : `${quote(table.slice(0, dot))}.${quote(table.slice(dot + 1))}`
}
