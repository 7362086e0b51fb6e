import pg from 'pg'

/**
 * Ends the next session of the operator that is seen at work, from the server's side.
 *
 * @returns stops looking, and tells how many sessions were ended
 */
export function cutOperatorOnce (databaseUrl: string): () => Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  const stopping = new AbortController()
  let cut = 0
  const done = (async () => {
    await client.connect()
    while (!stopping.signal.aborted && cut === 0) {
      const { rowCount } = await client.query(`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name ilike 'vintage%' and state <> 'idle' and pid <> pg_backend_pid() limit 1`)
      cut += rowCount ?? 0
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await client.end()
  })()
  return async () => { stopping.abort(); await done; return cut }
}
