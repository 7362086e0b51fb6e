import pg from 'pg'

/** @returns null when the server answers on this URL, else why not, without the password */
export async function findProblem (url: string, timeoutMs = 5_000): Promise<string | null> {
  let client: pg.Client
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  } catch {
    return 'it is not a URL of the form postgres://user:password@host:port/database'
  }
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return null
  } catch (error) {
    return describe(error)
  } finally {
    await client.end().catch(() => {})
  }
}

// Node gathers the attempts at ::1 and 127.0.0.1 in an AggregateError without a message of its own.
function describe (error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(describe))].join(', ')
  return error instanceof Error ? error.message : String(error)
}

/** Host, port and database of a URL: what may be shown of it. */
export function placeOf (url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `${hostname || 'localhost'}:${port || '5432'}${pathname.length > 1 ? `, database \`${pathname.slice(1)}\`` : ''}`
  } catch {
    return '(not a URL)'
  }
}
