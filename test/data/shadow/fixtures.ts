import knexFactory, { type Knex } from 'knex'
import { loadModule } from 'libpg-query'
import type { Test } from 'tap'
import { openRegistry } from '../../../src/data/fleet/registry.js'
import { spanTables } from '../../../src/data/fleet/span-tables.js'
import { Era } from '../../../src/data/knex/era.js'
import { openShadowReads, type OpenShadowReads } from '../../../src/data/shadow/open-shadow-reads.js'
import { ShadowCounts, type ShadowCount } from '../../../src/data/shadow/shadow-counts.js'
import type { Transition } from '../../../src/data/transition.js'

/** Shadow reads without a fleet around them, in the phase that the database shows. */
export interface Shadows extends OpenShadowReads {
  readonly era: Era
  readonly errors: unknown[]
  /** Offers a statement, and says what became of it for each transition. */
  see (sql: string, bindings?: readonly unknown[]): Promise<Record<string, 'same' | 'different'>>
  latest (transition: string): Promise<ShadowCount | undefined>
}

export interface ShadowsOptions {
  share?: number
  budgetMs?: number
  isLatest? (): boolean
  /** of one statement */
  limitMs?: number
  /** where the shadow reads find the database @default as the rest does */
  through?: string
}

export async function openShadows (t: Test, url: string, transitions: readonly Transition[], options: ShadowsOptions = {}): Promise<Shadows> {
  const { share = 1, isLatest = () => true, limitMs = 10_000, through = url, ...budget } = options
  await loadModule()
  const config: Knex.Config = { client: 'pg', connection: url, pool: { min: 0, max: 1 } }
  const registry = openRegistry({ served: knexFactory(config) }, transitions.map(({ name }) => name), 10_000)
  const era = new Era({ tables: spanTables(transitions, await registry.readPhases() ?? []), others: [] })
  await registry.close()
  const counts = new ShadowCounts()
  const errors: unknown[] = []
  const shadows = openShadowReads({ ...config, connection: through }, limitMs, { share, transitions, counts, isLatest, ...budget, onError: (error) => errors.push(error) })
  t.teardown(async () => await shadows.stop())
  let seen: readonly ShadowCount[] = []
  const look = async (): Promise<readonly ShadowCount[]> => {
    await counts.report(async (now) => { seen = [...now, ...seen.filter(({ transition }) => now.every((count) => count.transition !== transition))] })
    return seen
  }
  return {
    ...shadows,
    era,
    errors,
    latest: async (name) => (await look()).find(({ transition }) => transition === name),
    see: async (sql, bindings = []) => {
      const before = await look()
      await shadows.reads.compare(era, sql, bindings)
      return Object.fromEntries((await look()).flatMap(({ transition, compared, different }) => {
        const earlier = before.find((count) => count.transition === transition)
        if (compared === (earlier?.compared ?? 0)) return []
        return [[transition, different === (earlier?.different ?? 0) ? 'same' : 'different']]
      }))
    }
  }
}
