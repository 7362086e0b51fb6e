import type { Session } from '../database.js'
import { MAX_IDENTIFIER_BYTES } from '../names.js'

const TAKEN = `
select 1 from pg_catalog.pg_constraint
where conname = $2 and connamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass($1))`

/**
 * The name that Postgres 18 gives the NOT NULL of a column where nobody names it, so that one which we name is that
 * of SET NOT NULL: ChooseConstraintName of its source.
 *
 * @param table quoted, with its schema
 * @param others names that are about to be taken
 */
export async function chooseNotNullName (session: Session, table: string, tableName: string, column: string, others: readonly string[]): Promise<string> {
  let name = objectName(tableName, column, 'not_null')
  for (let pass = 1; others.includes(name) || (await session.query(TAKEN, [table, name])).length > 0; pass++) name = objectName(tableName, column, `not_null${pass}`)
  return name
}

/** Whether a NOT NULL bears a name that Postgres would choose for it, or we. */
export function isNotNullName (name: string, tableName: string, column: string): boolean {
  const [label] = /not_null\d*$/.exec(name) ?? []
  return label !== undefined && objectName(tableName, column, label) === name
}

/** `<table>_<column>_<label>`; of the first two the longer gives way, byte by byte: makeObjectName of Postgres' source. */
export function objectName (table: string, column: string, label: string): string {
  const available = MAX_IDENTIFIER_BYTES - Buffer.byteLength(label) - 2
  let tableBytes = Buffer.byteLength(table)
  let columnBytes = Buffer.byteLength(column)
  while (tableBytes + columnBytes > available) {
    if (tableBytes > columnBytes) tableBytes--
    else columnBytes--
  }
  return `${clip(table, tableBytes)}_${clip(column, columnBytes)}_${label}`
}

/** No character is cut in two. */
function clip (text: string, bytes: number): string {
  let kept = Array.from(text)
  while (Buffer.byteLength(kept.join('')) > bytes) kept = kept.slice(0, -1)
  return kept.join('')
}
