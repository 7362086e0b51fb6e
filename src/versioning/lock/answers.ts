import { headRouteOf } from '../endpoints.js'
import { sourceOf, type VersionHistory } from '../history.js'
import { responseEditsOf, type ResponseEdits } from '../response-edits.js'
import type { Catalogue } from './catalogue.js'

/** One thing that a version answers with beside its bodies, and which another version knows by another name. */
export interface Answer {
  /** as of the version: `GET /orders header x-total`, `POST /orders status 200` */
  readonly name: string
  /** the same in every version, without the version's own name for it: `GET /orders header` */
  readonly thing: string
  /** as the version calls it: `x-total`, `200` */
  readonly called: string
}

/**
 * Names the response headers and statuses of a version that any change is about. A status with a schema is a place already.
 *
 * @returns the answers, in the order of the alphabet
 */
export function answersAt ({ world: { history }, placesAt }: Catalogue, index: number): readonly Answer[] {
  const places = placesAt(index)
  const routes = new Map([...places].map(([place, key]) => [routeOf(place), routeOf(key)]))
  const answers = [...routes].flatMap(([route, headRoute]) => {
    const edits = responseEditsOf(history, headRoute)
    const of = (kind: 'header' | 'status', namesOf: (edit: ResponseEdits) => ReadonlyArray<readonly [head: unknown, older: unknown]>) => {
      const atHead = headNames(edits.map((edit) => edit === null ? [] : namesOf(edit)))
      const here = new Map(edits[index] == null ? [] : namesOf(edits[index]))
      return [...atHead].map((head): Answer => {
        const called = String(here.get(head) ?? head)
        return { name: `${route} ${kind} ${called}`, thing: `${headRoute} ${kind} ${String(head)}`, called }
      })
    }
    return [...of('header', ({ headers }) => headers), ...of('status', ({ statuses }) => [...statuses]).filter(({ called }) => !places.has(`${route} ${called}`))]
  })
  return answers.sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name))
}

/** The names that head itself uses; what a newer change has renamed is a name of older versions only. */
function headNames (edits: ReadonlyArray<ReadonlyArray<readonly [head: unknown, older: unknown]>>): ReadonlySet<unknown> {
  const [names, older] = [new Set<unknown>(), new Set<unknown>()]
  for (const edit of [...edits].reverse()) {
    for (const [head] of edit) if (!older.has(head)) names.add(head)
    for (const [, name] of edit) older.add(name)
  }
  return names
}

function routeOf (place: string): string {
  return place.split(' ').slice(0, 2).join(' ')
}

const kinds = new Set(['header-changed', 'status-changed', 'endpoint-added', 'endpoint-removed', 'endpoint-moved', 'method-changed'])

/** @returns the files of the next newer version that says anything of endpoints, or of a place's route where it is known */
export function endpointFilesBehind (history: VersionHistory, index: number, headRoute: string | null): string[] {
  for (const [offset, version] of history.versions.slice(index + 1).entries()) {
    const concerned = history.changesOf(version).filter(({ operation, targets }) => kinds.has(operation.kind) &&
      (headRoute === null || targets.some((target) => headRouteOf(history, target, index + 1 + offset) === headRoute)))
    if (concerned.length > 0) return [...new Set(concerned.map((change) => sourceOf(history, change)))]
  }
  return []
}
