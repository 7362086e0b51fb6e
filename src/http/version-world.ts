import { NotReadyError, UnknownBehaviourError, UnknownVersionError } from '../errors.js'
import { behavioursOf } from '../versioning/behaviours.js'
import type { Contracts } from '../versioning/contracts.js'
import type { VersionHistory } from '../versioning/history.js'
import type { VersionWorld } from './request-state.js'
import type { VersionTable } from './version-table.js'

/**
 * Makes what the requests of one registration and `app.vintage` have in common.
 * @param contractsOf gives null before the app is ready
 * @throws FST_ERR_VINTAGE_MISFIT for a behaviour with a bad name
 */
export function buildWorld (history: VersionHistory, table: VersionTable, contractsOf: () => Contracts | null): VersionWorld {
  const behaviours = behavioursOf(history)
  const listed = behaviours.size === 0 ? 'none' : [...behaviours.keys()].map((name) => `\`${name}\``).join(', ')
  return {
    versions: table.versions,
    has (behaviour, index) {
      const since = behaviours.get(behaviour)
      if (since === undefined) throw new UnknownBehaviourError(behaviour, listed)
      return index >= since
    },
    migrate (id, value, { from, to }) {
      const contracts = contractsOf()
      if (contracts === null) throw new NotReadyError('app.vintage.migrate')
      return contracts.convert(id, value, requireIndex(table, from), requireIndex(table, to))
    }
  }
}

/**
 * @returns the index of a version; that of head for undefined
 * @throws FST_ERR_VINTAGE_UNKNOWN_VERSION
 */
export function requireIndex (table: VersionTable, version: string | undefined): number {
  const index = version === undefined ? table.headIndex : table.indexOf(version)
  if (index === undefined) throw new UnknownVersionError(String(version), table.listed)
  return index
}
