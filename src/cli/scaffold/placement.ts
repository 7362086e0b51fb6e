import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../errors.js'
import { isCalendarDate } from '../../versioning/history.js'

const DATED = /^(\d{4}-\d{2}-\d{2})(?:\.(?:ts|js|mjs))?$/

/**
 * The folder that a new version file belongs in: the version's own, or `next/` while it has no date.
 * @param versions the folder of version files
 * @param version an ISO date, `2027-01-01`
 * @throws FST_ERR_VINTAGE_USAGE when the date is not one, lies before a version that exists, or is one single file already
 */
export function folderFor (versions: string, version: string | undefined): string {
  if (version === undefined) return join(versions, 'next')
  if (!isCalendarDate(version)) throw new UsageError(`\`--version ${version}\` is not a date: write it as 2027-01-01.`)
  const entries = existsSync(versions) ? readdirSync(versions).filter((entry) => DATED.test(entry)).sort() : []
  const single = entries.find((entry) => entry.startsWith(`${version}.`))
  if (single !== undefined) {
    throw new UsageError(`Version ${version} is the single file ${join(versions, single)}: add the change to the list that it exports, or move it to ${join(versions, version)}/.`)
  }
  const newest = entries.at(-1)?.slice(0, 'yyyy-mm-dd'.length)
  if (newest !== undefined && version < newest) {
    throw new UsageError(`${version} lies before the newest version, ${newest}, and released versions never change: take a later date.`)
  }
  return join(versions, version)
}
