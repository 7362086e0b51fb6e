import type { Readable } from 'node:stream'
import knexFactory, { type Knex } from 'knex'
import { InvalidOptionError } from '../../errors.js'
import { fit } from '../names.js'
import { holdEras, type EraSource } from './held-eras.js'
import type { Era } from './era.js'
import { isRecord } from './syntax.js'

export type ClientClass = typeof Knex.Client

/** What looks at statements that have been answered. */
export interface Shadow {
  /** whether the next one is to be compared */
  picks (era: Era): boolean
  /** @param sql speaks head columns, parameters as `$1` */
  compare (era: Era, sql: string, bindings: readonly unknown[]): void
}

/**
 * The pg client of knex with one hook, `positionBindings`: statements leave it as the phase of the tables needs them,
 * and `toSQL().toNative()` shows them so.
 *
 * @param client `client` of the knex options: `pg`, or a class derived from knex's pg client
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for another database
 */
export function spanningClient (client: Knex.Config['client'], source: EraSource, shadow?: Shadow): ClientClass {
  const Base = postgresClient(client)
  const eras = holdEras(source)
  let speaking: Era | undefined

  // knex calls positionBindings within query() and stream(), in the same turn
  function speakAs<T> (era: Era | undefined, send: () => T): T {
    speaking = era
    try {
      return send()
    } finally {
      speaking = undefined
    }
  }

  return class SpanningClient extends Base {
    transacting?: boolean

    override query (connection: object, query: unknown): Promise<unknown> {
      // knex puts what is sent in its place
      const head = sqlOf(query)
      const answer = eras.run(connection, this.transacting === true, head, async (era) => {
        renamePrepared(query, era)
        const answered = await speakAs(era, () => super.query(connection, query))
        if (shadow !== undefined && era !== undefined && this.transacting !== true && !WRITE.test(head) && shadow.picks(era)) {
          shadow.compare(era, String(super.positionBindings(head)), bindingsOf(query))
        }
        return answered
      })
      return source.measure === undefined ? answer : measured(answer, source.measure)
    }

    override async stream (connection: object, query: unknown, stream: Readable, options: unknown): Promise<unknown> {
      let isSent = false
      try {
        return await eras.run(connection, this.transacting === true, sqlOf(query), async (era) => {
          const sent = speakAs(era, () => super.stream(connection, query, stream, options))
          isSent = true
          return await endOf(stream, sent)
        })
      } catch (error) {
        // knex tells the stream of what goes wrong later, and of this only when it is thrown at once
        if (!isSent) stream.emit('error', error)
        throw error
      }
    }

    override positionBindings (sql: string): string {
      const positioned = String(super.positionBindings(sql))
      return (speaking ?? source.latest)?.serve(positioned) ?? positioned
    }

    override releaseConnection (connection: object): Promise<unknown> {
      eras.release(connection)
      return super.releaseConnection(connection)
    }
  }
}

/** What is no SELECT is not worth being picked and parsed again; a write within one is found by the parser. */
const WRITE = /^\s*(?:insert|update|delete|merge)\b/i

function measured<T> (answer: Promise<T>, measure: (ms: number) => void): Promise<T> {
  const began = performance.now()
  return answer.finally(() => measure(performance.now() - began))
}

/** knex's own promise never settles when a reader destroys the stream early. */
function endOf (stream: Readable, sent: Promise<unknown>): Promise<unknown> {
  return Promise.race([sent, new Promise<void>((resolve) => stream.once('close', resolve))])
}

/** A prepared statement of one name must keep its text, which another era may change. */
function renamePrepared (query: unknown, era: Era | undefined): void {
  if (era === undefined || !isRecord(query) || !isRecord(query.options) || typeof query.options.name !== 'string') return
  query.options = { ...query.options, name: fit(`${era.id}_${query.options.name}`) }
}

function sqlOf (query: unknown): string {
  return String(isRecord(query) ? query.sql : query)
}

function bindingsOf (query: unknown): unknown[] {
  return isRecord(query) && Array.isArray(query.bindings) ? [...query.bindings] : []
}

/** knex exports its dialects only through an instance; without a connection that opens nothing. */
function postgresClient (client: Knex.Config['client']): ClientClass {
  const Client: unknown = typeof client === 'string' ? knexFactory({ client }).client.constructor : client
  if (!isPostgres(Client)) throw new InvalidOptionError('knex.client', `must be 'pg' or a class derived from knex's pg client, got ${String(client)}`)
  return Client
}

function isPostgres (value: unknown): value is ClientClass {
  return typeof value === 'function' && isRecord(value.prototype) && ['pg', 'pgnative'].includes(String(value.prototype.driverName))
}
