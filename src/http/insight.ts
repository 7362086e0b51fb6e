import { NotReadyError } from '../errors.js'
import type { VintageApp } from '../types.js'
import type { Contracts } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import { requireIndex } from './version-world.js'
import type { VersionTable } from './version-table.js'
import type { WarmUp } from './warm-up.js'

/** Makes the part of `app.vintage` that shows what the plugin has made. */
export function describeInsight (table: VersionTable, contractsOf: () => Contracts | null, { counts }: Compilers, warmUp: WarmUp): Pick<VintageApp, 'explain' | 'stats'> {
  return {
    explain (name, version, { direction = 'downgrade' } = {}) {
      const contracts = contractsOf()
      if (contracts === null) throw new NotReadyError('app.vintage.explain')
      return contracts.explain(name, requireIndex(table, version), direction)
    },
    stats () {
      const { compiled, cold } = counts
      return { pairs: warmUp.pairCount, compiled, cold, conversions: contractsOf()?.compiledConversions ?? 0, warm: contractsOf() !== null && compiled >= warmUp.pairCount }
    }
  }
}
