import { headRouteOf } from './endpoints.js'
import type { VersionHistory } from './history.js'

/** What becomes of a response beside its body when it goes to an older client. */
export interface ResponseEdits {
  /** head's status → the status of the older version */
  readonly statuses: ReadonlyMap<number, number>
  /** head's name → the name in the older version, both in small letters; all at once */
  readonly headers: ReadonlyArray<readonly [name: string, older: string]>
}

/**
 * Composes the changes of statuses and response headers of one route.
 *
 * @param headRoute `POST /orders`
 * @returns by version index; null where nothing but the body can differ from head
 */
export function responseEditsOf (history: VersionHistory, headRoute: string): ReadonlyArray<ResponseEdits | null> {
  const edits: Array<ResponseEdits | null> = [null]
  const statuses = new Map<number, number>()
  const headers = new Map<string, string>()
  for (let index = history.versions.length - 1; index > 0; index--) {
    for (const { operation, targets } of history.changesOf(String(history.versions[index])).toReversed()) {
      if (operation.kind !== 'status-changed' && operation.kind !== 'header-changed') continue
      if (!targets.some((target) => headRouteOf(history, target, index) === headRoute)) continue
      if (operation.kind === 'status-changed') undo(statuses, operation.from, operation.to)
      else undo(headers, operation.from.toLowerCase(), operation.to.toLowerCase())
    }
    edits.unshift(statuses.size + headers.size === 0 ? null : { statuses: new Map(statuses), headers: [...headers] })
  }
  return edits
}

/** Lets all that was called `to` be called `from`, one change further back. */
function undo<Name> (names: Map<Name, Name>, from: Name, to: Name): void {
  for (const [head, name] of names) if (name === to) names.set(head, from)
  if (!names.has(to)) names.set(to, from)
}
