import { isCalendarDate } from '../versioning/history.js'

/**
 * The released versions, interned: a value that a client or an account names becomes an index here,
 * before anything else touches it. Index 0 is the oldest version, the last index is head.
 */
export interface VersionTable {
  readonly versions: readonly string[]
  readonly headIndex: number
  /** All versions in one line, for messages. */
  readonly listed: string
  /** The index of exactly this version. */
  indexOf (value: string): number | undefined
  /** The index of the latest version that is not after this date; undefined before the oldest version, or when it is no date. */
  indexNotAfter (value: string): number | undefined
}

/**
 * Builds the look-up of versions, oldest first. Nothing is ever added to it later: what clients send cannot make it grow.
 */
export function buildVersionTable (versions: readonly string[]): VersionTable {
  // a Map and not an object: `__proto__` and `constructor` are values that clients send
  const indexes = new Map(versions.map((version, index) => [version, index]))
  return {
    versions,
    headIndex: versions.length - 1,
    listed: versions.join(', '),
    indexOf: (value) => indexes.get(value),
    indexNotAfter (value) {
      if (!isCalendarDate(value)) return undefined
      const index = versions.findLastIndex((version) => version <= value)
      return index === -1 ? undefined : index
    }
  }
}
