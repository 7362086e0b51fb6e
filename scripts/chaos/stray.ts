import type { Ground } from './ground.js'
import { describeError, openLog } from './log.js'
import { HOT_ROWS } from './people.js'

/** What a job of before gets while the old columns are hidden. */
const UNDEFINED_COLUMN = '42703'

/**
 * A session that nobody knows of writes the old columns of many rows in one statement, as a nightly job does.
 *
 * @returns whether it could: while the old columns are hidden it is refused
 */
export async function writeAsStray (ground: Ground, pick: number): Promise<boolean> {
  const name = 'stray'
  const log = openLog(ground.logOf(name))
  const last = `${name}.${pick}.${Date.now()}`
  const client = await ground.connect('nightly job')
  try {
    for (let id = 1; id <= HOT_ROWS; id++) log({ kind: 'try', id, full: `Row ${id} ${last}` })
    // in the order of their keys, as the others take them
    const { rows } = await client.query<{ id: number, ver: number }>(`
      with taken as (select id from people where id <= $1 order by id for update)
      update people p set first_name = 'Row ' || p.id, last_name = $2, ver = p.ver + 1 from taken where p.id = taken.id returning p.id, p.ver`, [HOT_ROWS, last])
    for (const { id, ver } of rows) log({ kind: 'told', id, full: `Row ${id} ${last}`, ver })
    return rows.length === HOT_ROWS
  } catch (error) {
    const described = describeError(error)
    if (described.code !== UNDEFINED_COLUMN) log({ kind: 'error', by: name, ...described })
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
