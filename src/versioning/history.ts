import { MisfitError } from '../errors.js'
import { isChange, type Change } from './change.js'
import { isList } from './json-schema.js'

/** All released versions of an API, and what each of them changed. */
export interface VersionHistory {
  /** dates, oldest first; the last is head */
  readonly versions: readonly string[]
  /** the file (or place in the record) of each change, for messages: `2026-11-01/full-name.ts` */
  readonly sources: ReadonlyMap<Change, string>
  /** @returns the changes that a version brings, in upgrade order; none for an unknown version */
  changesOf (version: string): readonly Change[]
}

/** One version before validation: its date, where it was written, and the exports found there. */
export interface VersionDraft {
  readonly version: string
  readonly parts: ReadonlyArray<{ readonly source: string, readonly value: unknown }>
}

/**
 * Makes a history of a record of dates and changes, oldest date first.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for bad or unordered dates, changes in the oldest version, or what is not a change
 * @example historyOf({ '2024-01-01': [], '2024-09-01': [change('…', 'User', rename({ created: 'created_at' }))] })
 */
export function historyOf (record: Readonly<Record<string, Change | readonly Change[]>>): VersionHistory {
  return buildHistory(Object.entries(record).map(([version, value]) => ({
    version,
    parts: [{ source: `versions['${version}']`, value }]
  })))
}

/**
 * Validates drafts of versions and joins them to a history.
 *
 * @throws FST_ERR_VINTAGE_MISFIT as {@link historyOf}
 */
export function buildHistory (drafts: readonly VersionDraft[]): VersionHistory {
  const sources = new Map<Change, string>()
  const changes = new Map<string, readonly Change[]>()
  checkDates(drafts)
  for (const [index, { version, parts }] of drafts.entries()) {
    const list = parts.flatMap(({ source, value }) => changesIn(value, source))
    for (const [change, source] of list) recordSource(sources, change, source)
    if (index === 0 && list[0] !== undefined) throw new MisfitError(changesInOldest(version, list[0][1]))
    changes.set(version, list.map(([change]) => change))
  }
  return { versions: [...changes.keys()], sources, changesOf: (version) => changes.get(version) ?? [] }
}

/** @returns the file of a change, for messages; its description where the history does not know it */
export function sourceOf (history: VersionHistory, change: Change): string {
  return history.sources.get(change) ?? change.description
}

function checkDates (drafts: readonly VersionDraft[]): void {
  if (drafts.length === 0) throw new MisfitError('There are no versions: add a baseline such as `versions/2024-01-01.ts` with `export default []`.')
  let previous = ''
  for (const { version, parts } of drafts) {
    const source = parts[0]?.source ?? version
    if (!isCalendarDate(version)) throw new MisfitError(`${source}: \`${version}\` is not a date: a version is named by a day of the calendar, YYYY-MM-DD.`)
    if (version === previous) throw new MisfitError(`${source}: version ${version} is there twice: keep one dated file or one dated folder.`)
    if (version < previous) throw new MisfitError(`${source}: version ${version} comes after ${previous}: list the versions oldest first.`)
    previous = version
  }
}

/** @returns whether the text is a day of the calendar, written `2026-11-01` */
export function isCalendarDate (text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  // `2025-02-30` parses, as another day
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function changesIn (value: unknown, source: string): Array<[Change, string]> {
  if (isChange(value)) return [[value, source]]
  if (isList(value)) return value.flatMap((item, index) => changesIn(item, value.length > 1 ? `${source}[${index}]` : source))
  throw new MisfitError(`${source}: exports ${value === null ? 'null' : typeof value}, not a change: export what \`change(…)\` returns, or a list of that.`)
}

function recordSource (sources: Map<Change, string>, change: Change, source: string): void {
  const known = sources.get(change)
  if (known !== undefined) throw new MisfitError(`${source}: \`${change.description}\` is also exported by ${known}: a change belongs to one place in one version.`)
  sources.set(change, source)
}

function changesInOldest (version: string, source: string): string {
  return `${source}: ${version} is the oldest version, there is nothing that it could have changed: add an empty baseline before it, a dated file with \`export default []\`.`
}
