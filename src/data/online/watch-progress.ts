import type { Operation } from './operation.js'

const EVERY_MS = 1_000

const PROGRESS = `
select phase as stage, (case when blocks_total > 0 then blocks_done else tuples_done end)::float8 as done,
       greatest(case when blocks_total > 0 then blocks_total else tuples_total end, 0)::float8 as total
from pg_catalog.pg_stat_progress_create_index where relid = to_regclass($1)`

/**
 * Tells once a second how far the build of an index is; the table has one at most, since a build locks out others.
 *
 * @returns what ends it
 */
export function watchProgress ({ database, table, tell }: Pick<Operation, 'database' | 'table' | 'tell'>, everyMs = EVERY_MS): () => void {
  let asking = false
  const timer = setInterval(() => {
    // where a connection is long in coming, none shall queue up for another
    if (asking) return
    asking = true
    database.query<{ stage: string, done: number, total: number }>(PROGRESS, [table.quoted])
      .then((rows) => rows.forEach((row) => tell({ type: 'progress', ...row })))
      // what cannot be seen now, or not be told, is no reason to stop the work
      .catch(() => {})
      .finally(() => { asking = false })
  }, everyMs)
  return () => clearInterval(timer)
}
