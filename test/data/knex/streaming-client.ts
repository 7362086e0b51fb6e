import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import knexFactory, { type Knex } from 'knex'

/** Streams without the package pg-query-stream. */
export class StreamingClient extends pgClient() {
  _stream (connection: { query (sql: string, values: unknown[]): Promise<{ rows: unknown[] }> }, query: { sql: string, bindings: unknown[] }, stream: Writable): Promise<void> {
    return connection.query(query.sql, query.bindings).then(({ rows }) => pipeline(Readable.from(rows), stream), (error: unknown) => {
      stream.emit('error', error)
      throw error
    })
  }
}

/** knex exports its dialects only through an instance. */
function pgClient (): typeof Knex.Client {
  return knexFactory({ client: 'pg' }).client.constructor
}
