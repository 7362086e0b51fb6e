import type { Session, Sessions } from '../database.js'
import { quote } from '../names.js'
import type { FoundTable } from './find-table.js'

/**
 * Runs `work` beside an empty temporary table of the same name and columns, which goes at its end. What Postgres makes
 * of a definition there is what it would make of it on the table, without a lock on it: expressions are understood,
 * names of types written out.
 *
 * @param work is given the twin, quoted
 */
export async function onTwin<T> (database: Sessions, { name, quoted }: FoundTable, columns: 'with columns' | 'empty', work: (session: Session, twin: string) => Promise<T>): Promise<T> {
  return await database.transaction(async (session) => {
    await session.query(`create temporary table ${quote(name)} (${columns === 'empty' ? '' : `like ${quoted}`}) on commit drop`)
    return await work(session, `pg_temp.${quote(name)}`)
  })
}
