import type { Entry } from './log.js'

/** A row as the table has it, whichever side it was read from. */
export interface Row { readonly id: number, readonly full: string, readonly ver: number }

/**
 * Holds what processes were told against what the table has. It knows nothing of transitions: each write adds 1 to
 * `ver`, so each version of a row has one writer, and what a process was told must be there.
 *
 * @param before what the logs said before `rows` were read
 * @param after what they say afterwards
 * @returns what is wrong, one sentence each
 */
export function judge (before: readonly Entry[], rows: readonly Row[], after: readonly Entry[]): string[] {
  const problems: string[] = []
  const history = historyOf(after, problems)
  const table = new Map(rows.map((row) => [row.id, row]))
  for (const [id, ver] of lastTold(before)) {
    const found = table.get(id)?.ver ?? -1
    if (found < ver) problems.push(`row ${id} is at version ${found}, though version ${ver} was acknowledged: a write is lost`)
  }
  const seen = [...rows.map((row) => ({ who: 'the table', ...row })), ...after.flatMap((entry) => entry.kind === 'read' ? [{ who: 'a reader', ...entry }] : [])]
  for (const { who, id, full, ver } of seen) {
    const problem = problemWith(history.get(id), id, full, ver)
    if (problem !== undefined) problems.push(`${who} has ${problem}`)
  }
  for (const entry of after) {
    if (entry.kind === 'read' && entry.ver < entry.told) problems.push(`a reader was shown version ${entry.ver} of row ${entry.id} after it had been told of ${entry.told}`)
  }
  return problems
}

interface History { readonly told: Map<number, string>, readonly tried: Set<string> }

function historyOf (entries: readonly Entry[], problems: string[]): Map<number, History> {
  const histories = new Map<number, History>()
  for (const entry of entries) {
    if (entry.kind !== 'try' && entry.kind !== 'told') continue
    const history = histories.get(entry.id) ?? { told: new Map<number, string>(), tried: new Set<string>() }
    histories.set(entry.id, history)
    if (entry.kind === 'try') {
      history.tried.add(entry.full)
      continue
    }
    const other = history.told.get(entry.ver)
    if (other !== undefined) problems.push(`version ${entry.ver} of row ${entry.id} was acknowledged twice: ${other}, ${entry.full}`)
    history.told.set(entry.ver, entry.full)
  }
  return histories
}

function lastTold (entries: readonly Entry[]): Map<number, number> {
  const last = new Map<number, number>()
  for (const entry of entries) if (entry.kind === 'told') last.set(entry.id, Math.max(last.get(entry.id) ?? 0, entry.ver))
  return last
}

/** A version that nobody was told of is one of those that were tried. */
function problemWith (history: History | undefined, id: number, full: string, ver: number): string | undefined {
  const expected = ver === 0 ? `First${id} Last${id}` : history?.told.get(ver)
  if (expected !== undefined) return expected === full ? undefined : `"${full}" as version ${ver} of row ${id}, which was written as "${expected}"`
  return history?.tried.has(full) === true ? undefined : `"${full}" as version ${ver} of row ${id}, which nobody has tried to write`
}

/** At the end, when nobody writes any more: every version has a writer who was told of it, or one who was not. */
export function judgeCounts (entries: readonly Entry[], rows: readonly Row[]): string[] {
  const tries = new Map<number, number>()
  for (const entry of entries) if (entry.kind === 'try') tries.set(entry.id, (tries.get(entry.id) ?? 0) + 1)
  return rows.filter(({ id, ver }) => ver > (tries.get(id) ?? 0)).map(({ id, ver }) => `row ${id} is at version ${ver}, and was written ${tries.get(id) ?? 0} times at most`)
}
