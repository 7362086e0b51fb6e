import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Operator } from '../../src/data/operator.js'
import { quantile } from '../statistics/quantile.js'
import { formatNumber } from '../harness/table.js'
import { withClient } from './ground.js'
import type { Group } from './group.js'
import { openPlain, openSpanning } from './knexes.js'
import { withOperator } from './move.js'

const CLIENTS = 3

type Send = (knex: Knex, id: number, turn: number) => PromiseLike<unknown>

const BY_OLD_BUILD: Send = (knex, id, turn) => turn % 3 === 0
  ? knex('customers').where({ id }).update({ last_name: `Alt${turn}` })
  : knex('customers').where({ id }).first('id', 'first_name', 'last_name')

const BY_HEAD: Send = (knex, id, turn) => turn % 3 === 0
  ? knex('customers').where({ id }).update({ full_name: `Neu Name${turn}` })
  : knex('customers').where({ id }).first('id', 'full_name')

/** The longest that a query of the application waits in a transition from its beginning to its end, a long reader in the way. */
export const waiting: Group = {
  name: 'waiting',
  run: async (ground, { rows, readerMs }) => await ground.withCopies(['old'], rows, 'bigint', async ([url = '']) => {
    const waits: number[] = []
    const plain = openPlain(url, CLIENTS, 'old build')
    const oldBuild = keepSending(plain, BY_OLD_BUILD, rows, waits)
    const retries = await withOperator(url, async (operator) => await behindReader(url, readerMs, async () => await untilDone(async () => await operator.migrate())))
    const head = await openSpanning(url, CLIENTS, 'head')
    const newBuild = keepSending(head.knex, BY_HEAD, rows, waits)
    await withOperator(url, async (operator) => {
      await operator.advance({ to: 'read-new' })
      await oldBuild.stop()
      await behindReader(url, readerMs / 6, async () => await untilDone(async () => await operator.advance({ to: 'hide' })))
      await finish(operator)
    })
    await newBuild.stop()
    await head.stop()
    await plain.destroy()
    const share = (part: number) => `${formatNumber(quantile(waits, part))} ms`
    return {
      measurements: [{
        name: `longest wait of a query in a whole transition of ${rows} rows, a reader of ${readerMs / 1000} s in the way of its first step, one of ${readerMs / 6000} s in that of hide`,
        unit: 'ms',
        goal: { atMost: 500 },
        judged: 'largest',
        samples: longest(waits),
        notes: [`of ${waits.length} queries: p50 ${share(0.5)}, p90 ${share(0.9)}, p99 ${share(0.99)}, p99.9 ${share(0.999)}, p99.99 ${share(0.9999)}`, `${retries} refusals while the reader was there`]
      }]
    }
  })
}

async function finish (operator: Operator): Promise<void> {
  const { phase } = await operator.advance({ to: 'drop' })
  if (phase !== 'drop') throw new Error(`the transition has ended at ${phase}`)
}

/** The thousand longest, and every hundredth of the others. */
function longest (waits: readonly number[]): number[] {
  return [...waits].sort((one, other) => other - one).filter((_, index) => index < 1000 || index % 100 === 0)
}

/** Clients that send one query after another, 5 ms apart; a query that fails ends the run. */
function keepSending (knex: Knex, send: Send, rows: number, waits: number[]): { stop (): Promise<void> } {
  const ending = new AbortController()
  const clients = Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    for (let turn = client; !ending.signal.aborted; turn += CLIENTS) {
      const began = performance.now()
      await send(knex, 1 + turn * 7919 % rows, turn)
      waits.push(performance.now() - began)
      await sleep(5)
    }
  }))
  return {
    async stop () {
      ending.abort()
      await clients
    }
  }
}

/** Runs work while a transaction that has read the table stays open for so long. */
async function behindReader<Result> (url: string, lastsMs: number, work: () => Promise<Result>): Promise<Result> {
  return await withClient(url, async (client) => {
    await client.query('begin')
    await client.query('select 1 from customers limit 1')
    const reading = sleep(lastsMs).then(async () => await client.query('commit'))
    const result = await work()
    await reading
    return result
  })
}

/** Runs the same command again, as an operator would, when it was refused. @returns how often */
async function untilDone (command: () => Promise<unknown>): Promise<number> {
  for (let refusals = 0; ; refusals++) {
    try {
      await command()
      return refusals
    } catch (error) {
      if (!/REFUSED_(?:LOCK|TRANSACTIONS)/.test(String(Reflect.get(Object(error), 'code')))) throw error
    }
  }
}
