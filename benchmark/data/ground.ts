import pg from 'pg'
import type { Phase } from '../../src/data/phases.js'
import { withOperator } from './move.js'
import { FILL_NEW, pgrollSql } from './pgroll.js'
import type { BenchServer } from './server.js'
import { createCustomers, createHeadCustomers } from './customers.js'

/** The type of the primary key. */
export type Key = 'bigint' | 'uuid'

/**
 * A table `customers`, as it is
 * - `old`: before the transition;
 * - `moved`: at `dual-write`, every row still to be filled;
 * - `untriggered`: the same without its triggers, as an UPDATE would find it that fills it;
 * - `head`: as if the new column had always been there, with its index;
 * - `pgroll`: with triggers that choose by search_path.
 */
export type State = 'old' | 'moved' | 'untriggered' | 'head' | 'pgroll'

/** Databases that are copied from templates, which are made once. */
export interface Ground {
  readonly server: BenchServer
  /** Runs work on a copy, or several, that are dropped afterwards. */
  withCopies<Result> (states: readonly State[], rows: number, key: Key, work: (urls: readonly string[]) => Promise<Result>): Promise<Result>
}

/** Opens the ground of one run; templates are kept until the server ends. */
export function openGround (server: BenchServer): Ground {
  const templates = new Map<string, Promise<string>>()
  let copies = 0
  const template = async (state: State, rows: number, key: Key): Promise<string> => {
    const name = `template_${state}_${key}_${rows}`
    const making = templates.get(name) ?? makeTemplate(server, name, state, key, rows, state === 'old' || state === 'head' ? null : await template(baseOf(state), rows, key))
    templates.set(name, making)
    return await making
  }
  return {
    server,
    async withCopies (states, rows, key, work) {
      const names: string[] = []
      try {
        const urls: string[] = []
        for (const state of states) {
          const name = `copy_${++copies}`
          const from = await template(state, rows, key)
          names.push(name)
          const url = await server.copy(from, name)
          if (baseOf(state) !== 'old' || state === 'moved') await withOperator(url, async (operator) => await operator.adopt())
          urls.push(url)
        }
        return await work(urls)
      } finally {
        for (const name of names) await server.drop(name)
      }
    }
  }
}

/** Runs work with one connection. */
export async function withClient<Result> (url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Brings a table into a phase. */
export async function advanceTo (url: string, phase: Phase): Promise<void> {
  await withOperator(url, async (operator) => await operator.advance({ to: phase }))
}

function baseOf (state: State): State {
  return state === 'untriggered' ? 'moved' : 'old'
}

async function makeTemplate (server: BenchServer, name: string, state: State, key: Key, rows: number, base: string | null): Promise<string> {
  const url = base === null ? await server.create(name) : await server.copy(base, name)
  if (state === 'moved') await withOperator(url, async (operator) => await operator.migrate())
  await withClient(url, async (client) => {
    if (state === 'old') await createCustomers(client, rows, key)
    if (state === 'head') await createHeadCustomers(client, rows, key)
    if (state === 'untriggered') await dropTriggers(client)
    if (state === 'pgroll') for (const statement of pgrollSql(FILL_NEW)) await client.query(statement)
    await client.query('vacuum (freeze, analyze)')
    await client.query('checkpoint')
  })
  return name
}

async function dropTriggers (client: pg.Client): Promise<void> {
  const { rows } = await client.query("select tgname from pg_trigger where tgrelid = 'customers'::regclass and not tgisinternal")
  for (const { tgname } of rows) await client.query(`drop trigger ${client.escapeIdentifier(tgname)} on customers`)
}
