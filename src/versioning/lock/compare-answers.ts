import { answersAt, endpointFilesBehind, type Answer } from './answers.js'
import type { Catalogue } from './catalogue.js'
import type { Alteration } from './check-lock.js'
import type { Lock } from './lock-file.js'

/** Compares response headers and statuses with those that were locked, newest version first. */
export function compareAnswers (locked: Lock, catalogue: Catalogue): Alteration[] {
  const { world: { history } } = catalogue
  const known = history.versions.flatMap((version, index) => {
    const was = locked.get(version)
    return was === undefined ? [] : [{ version, index, was: was.answers }]
  }).reverse()
  const [newest] = known
  const latest = new Map(newest === undefined ? [] : answersAt(catalogue, newest.index).map((answer) => [answer.thing, answer]))
  const altered = known.flatMap(({ version, index, was }): Found[] => {
    const answers = answersAt(catalogue, index)
    const gone = [...was.keys()].filter((name) => answers.every((answer) => answer.name !== name)).map((name) => ({ version, index, name, what: 'was there, and is not any more' }))
    // what is there instead of something needs no word of its own
    const kinds = new Set(gone.map(({ name }) => kindOf(name)))
    const fresh = answers.filter(({ name }) => !was.has(name) && !kinds.has(kindOf(name)))
    return [...gone, ...fresh.flatMap((answer) => renamedSince(answer, latest).map((what) => ({ version, index, name: answer.name, what })))]
  })
  return altered.map(({ version, index, name, what }) => {
    const [method, url, ...field] = name.split(' ')
    const route = `${method} ${url}`
    const key = [...catalogue.placesAt(index)].find(([place]) => place.startsWith(`${route} `))?.[1]
    return { version, name: route, field: field.join(' '), what, files: endpointFilesBehind(history, index, key?.split(' ').slice(0, 2).join(' ') ?? null) }
  })
}

interface Found { readonly version: string, readonly index: number, readonly name: string, readonly what: string }

/** @returns `GET /orders header` */
function kindOf (name: string): string {
  return name.split(' ').slice(0, 3).join(' ')
}

/** What no change was about when the versions were locked had one name in all of them: that of the newest. */
function renamedSince ({ thing, called }: Answer, latest: ReadonlyMap<string, Answer>): string[] {
  const now = latest.get(thing)?.called
  return now === undefined || now === called ? [] : [`was \`${now}\` when it was released`]
}
