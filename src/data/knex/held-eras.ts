import { OvertakenError } from '../../errors.js'
import type { Era } from './era.js'

/** Where a client learns in which era it speaks. */
export interface EraSource {
  /** the one seen last; undefined before the first look at the database */
  readonly latest: Era | undefined
  /** the same while the lease holds; undefined when the database may have moved on unseen */
  readonly current: Era | undefined
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

/** What knex sends at the end of a transaction that is no savepoint. */
const TRANSACTION_END = /^(?:COMMIT;|ROLLBACK)$/

/** A statement takes the era of its beginning and holds it until its end, a transaction likewise. */
export function holdEras (source: EraSource): HeldEras {
  const transactions = new WeakMap<object, { readonly era: Era, leave (): void }>()

  async function enter (): Promise<{ era: Era, leave: () => void }> {
    while (true) {
      const era = source.current
      // no await between the look and the entrance, or the era might be acknowledged as ended in between
      if (era !== undefined) return { era, leave: era.enter() }
      await source.refresh()
    }
  }

  function release (connection: object): void {
    transactions.get(connection)?.leave()
    transactions.delete(connection)
  }

  async function eraOfTransaction (connection: object): Promise<Era> {
    const held = transactions.get(connection)
    if (held === undefined) {
      const entered = await enter()
      transactions.set(connection, entered)
      return entered.era
    }
    if (source.current === undefined) {
      await source.refresh()
      if (source.latest !== held.era) throw new OvertakenError()
    }
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
      return await send(transactions.get(connection)?.era).finally(() => release(connection))
    }
  }
}
