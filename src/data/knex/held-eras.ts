import { OvertakenError } from '../../errors.js'
import type { Era } from './era.js'

/** Where a client learns in which era it speaks. */
export interface EraSource {
  /** the one seen last; undefined before the first look at the database */
  readonly latest: Era | undefined
  /** the same while the lease holds; undefined when the database may have moved on unseen */
  readonly current: Era | undefined
  /** gets the ms that each statement took; undefined while nobody wants to know */
  readonly measure?: ((ms: number) => void) | undefined
  /** Looks again. */
  refresh (): Promise<unknown>
}

/** Which statement and transaction is served in which era. */
export interface HeldEras {
  /** @throws FST_ERR_VINTAGE_STATEMENT_OVERTAKEN when the lease ran out within a transaction and the phases have moved */
  run<T> (connection: object, transacting: boolean, sql: string, send: (era: Era | undefined) => Promise<T>): Promise<T>
  /** The connection goes back to the pool: whatever it held has ended. */
  release (connection: object): void
}

interface HeldEra {
  readonly era: Era
  readonly leave: () => void
  /** whether the end of the transaction has been sent */
  isEnding: boolean
}

/** What knex sends at the end of a transaction that is no savepoint. */
const TRANSACTION_END = /^(?:COMMIT;|ROLLBACK)$/

/** A statement takes the era of its beginning and holds it until its end, a transaction likewise. */
export function holdEras (source: EraSource): HeldEras {
  const transactions = new WeakMap<object, HeldEra>()

  async function enter (): Promise<HeldEra> {
    while (true) {
      const era = source.current
      // no await between the look and the entrance, or the era might be acknowledged as ended in between
      if (era !== undefined) return { era, leave: era.enter(), isEnding: false }
      await source.refresh()
    }
  }

  function release (connection: object): void {
    const held = transactions.get(connection)
    transactions.delete(connection)
    // knex waits 5 s for the end of a transaction, which Postgres may still have to work off
    if (held?.isEnding === false) held.leave()
  }

  async function end<T> (connection: object, send: (era: Era | undefined) => Promise<T>): Promise<T> {
    const held = transactions.get(connection)
    if (held === undefined) return await send(undefined)
    held.isEnding = true
    return await send(held.era).finally(() => {
      held.leave()
      if (transactions.get(connection) === held) transactions.delete(connection)
    })
  }

  async function eraOfTransaction (connection: object): Promise<Era> {
    const held = transactions.get(connection)
    if (held === undefined) {
      const entered = await enter()
      transactions.set(connection, entered)
      return entered.era
    }
    while (source.current === undefined) await source.refresh()
    // whoever has looked again: this statement, or a poll of its own
    if (held.era.isOvertaken) throw new OvertakenError()
    return held.era
  }

  return {
    release,
    async run (connection, transacting, sql, send) {
      if (!transacting) {
        const { era, leave } = await enter()
        return await send(era).finally(leave)
      }
      // the end must pass even when the lease has run out
      if (!TRANSACTION_END.test(sql)) return await send(await eraOfTransaction(connection))
      return await end(connection, send)
    }
  }
}
