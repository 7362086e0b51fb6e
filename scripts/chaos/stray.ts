import type { Ground } from './ground.js'
import { clockMs, describeError, openLog } from './log.js'
import { HOT_ROWS, SENTINELS } from './rows.js'

/** What a job of before gets while the old columns are hidden. */
const UNDEFINED_COLUMN = '42703'

/**
 * A session that nobody knows of writes the old columns of many rows in one statement, as a nightly job does.
 *
 * @returns whether it could: while the old columns are hidden it is refused
 */
export async function writeAsStray (ground: Ground, pick: number): Promise<boolean> {
  const last = `stray.${pick}.${Date.now()}`
  // in the order in which the others take them
  return await writeMany(ground, 'name', new Map(Array.from({ length: HOT_ROWS }, (_, index) => [index + 1, `Row ${index + 1} ${last}`])), `
    with taken as (select uid from people where uid <= $1 order by uid for update)
    update people p set first_name = 'Row ' || p.uid, last_name = $2, ver = p.ver + 1 from taken where p.uid = taken.uid returning p.uid, p.ver`, [HOT_ROWS, last])
}

/**
 * Writes scores of the sentinels by the old column: ones that are no numbers, or ones that are.
 *
 * @returns whether all were written
 */
export async function writeScores (ground: Ground, isBad: boolean): Promise<boolean> {
  const serial = 1_900_000_000 + Date.now() % 100_000_000
  const values = SENTINELS.map((uid, index): [number, string] => [uid, `${isBad ? 'n/a ' : ''}${serial + index}`])
  return await writeMany(ground, 'points', new Map(values), `
    update people set score = value, pver = pver + 1 from unnest($1::integer[], $2::text[]) as given (given, value) where uid = given returning uid, pver as ver`,
  [values.map(([uid]) => uid), values.map(([, value]) => value)])
}

/** Scores of other rows that builds of before have written and that are no numbers; somebody mends them. */
export async function mendScores (ground: Ground): Promise<boolean> {
  const client = await ground.connect('somebody who mends')
  const { rows } = await client.query<{ uid: number }>("select uid from people where score !~ '^[0-9]+$' order by uid").finally(async () => await client.end())
  const serial = 1_900_000_000 + Date.now() % 100_000_000
  const values = rows.map(({ uid }): [number, string] => [uid, String(serial + uid)])
  return await writeMany(ground, 'points', new Map(values), `
    update people set score = value, pver = pver + 1 from unnest($1::integer[], $2::text[]) as given (given, value) where uid = given returning uid, pver as ver`,
  [values.map(([uid]) => uid), values.map(([, value]) => value)])
}

async function writeMany ({ logs, connect }: Ground, cell: 'name' | 'points', values: ReadonlyMap<number, string>, sql: string, parameters: readonly unknown[]): Promise<boolean> {
  const log = openLog(logs.fileOf('stray'))
  const client = await connect('nightly job')
  try {
    for (const [uid, value] of values) log({ kind: 'try', cell, uid, value })
    const { rows } = await client.query<{ uid: number, ver: number }>(sql, [...parameters])
    for (const { uid, ver } of rows) log({ kind: 'told', cell, uid, value: values.get(uid) ?? '', ver, at: clockMs() })
    return rows.length === values.size
  } catch (error) {
    const described = describeError(error)
    if (described.code !== UNDEFINED_COLUMN) log({ kind: 'error', by: 'stray', ...described, fragile: false })
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
