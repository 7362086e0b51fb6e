import type { Session } from '../database.js'

/** A trigger of somebody else whose function or arguments have the name of a column in them. */
export interface NamingTrigger {
  readonly name: string
  readonly columns: readonly string[]
}

/** The catalogue knows of no column that the text of a function names. */
const TRIGGERS = `
select t.tgname as name, p.prosrc as source, t.tgargs as arguments
from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
where t.tgrelid = to_regclass($1) and not t.tgisinternal and t.tgenabled <> 'D'
  and p.pronamespace is distinct from to_regnamespace('vintage')
order by t.tgname`

/**
 * Lists the triggers that would fail, or find nothing, once the columns have other names. What functions call in turn
 * is not looked at.
 *
 * @param table quoted, with its schema
 */
export async function findNamingTriggers (session: Session, table: string, columns: readonly string[]): Promise<NamingTrigger[]> {
  const rows = await session.query<{ name: string, source: string, arguments: Buffer }>(TRIGGERS, [table])
  return rows.map(({ name, source, arguments: given }) => {
    const text = `${source}\n${given.toString()}`
    return { name, columns: columns.filter((column) => isWordOf(text, column)) }
  }).filter((trigger) => trigger.columns.length > 0)
}

/** Also in capitals, and as a quoted name whose quotes are doubled. */
function isWordOf (text: string, column: string): boolean {
  return [column, column.replaceAll('"', '""')].some((name) =>
    new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}_$])`, 'iu').test(text))
}
