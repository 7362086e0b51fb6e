import { isDeepStrictEqual } from 'node:util'
import type { Derived } from '../derive.js'
import type { JsonSchema } from '../json-schema.js'
import { openBench, type Side } from '../law-bench.js'
import { answersAt, endpointFilesBehind } from './answers.js'
import type { Catalogue } from './catalogue.js'
import { compareAnswers } from './compare-answers.js'
import { compareSchemas, type Difference } from './compare-schemas.js'
import { alteredIn, outcomeOf, sampleConversions, type Conversion, type Conversions } from './conversions.js'
import { describeVersion, type VersionContract } from './describe-version.js'
import type { Lock, LockedVersion } from './lock-file.js'

/** One thing of a released version that is no longer what it was. */
export interface Alteration {
  /** the newest version that is altered */
  readonly version: string
  /** `$id` or place, as of that version */
  readonly name: string
  /** field within it; empty where it is the whole */
  readonly field: string
  /** what it was and what it is */
  readonly what: string
  /** files of that version's successor that touch it and may be at fault; none where head was edited */
  readonly files: readonly string[]
}

/** How the contracts of today compare with those that were locked. */
export interface LockVerdict {
  readonly alterations: readonly Alteration[]
  /** what is not locked yet: versions, places, schemas, conversions */
  readonly additions: readonly string[]
  /** the lock as it would be with the additions, alterations left as they were locked */
  readonly extended: Lock
}

/** Derives what the lock of today would be. */
export function lockToday (catalogue: Catalogue): Lock {
  const { world } = catalogue
  return new Map(world.derived.versions.map((version, index) => [version, {
    ...describeVersion(catalogue, index),
    answers: new Map(answersAt(catalogue, index).map(({ name }) => [name, {}])),
    conversions: new Map([...alteredIn(catalogue, index)].map(([name, key]) => [name, sampleConversions(world, key, index)]))
  }]))
}

/** Compares what was locked with what is derived today, newest version first. */
export function checkLock (locked: Lock, catalogue: Catalogue): LockVerdict {
  const { versions } = catalogue.world.derived
  const today = lockToday(catalogue)
  const gone = [...locked.keys()].filter((version) => !today.has(version)).map((version): Alteration => ({ version, name: version, field: '', what: 'was released, and no version file has that date any more', files: [] }))
  const reported = new Set<string>()
  const newestFirst = [...versions.entries()].reverse()
  const altered = newestFirst.flatMap(([index, version]) => {
    const [was, is] = [locked.get(version), today.get(version)]
    return was === undefined || is === undefined ? [] : compareVersion(catalogue, index, was, is, reported)
  })
  const converted = newestFirst.flatMap(([index, version]) => {
    const was = locked.get(version)
    return was === undefined ? [] : compareConversions(catalogue, index, was, reported)
  })
  const { extended, additions } = extend(locked, today)
  return { alterations: [...gone, ...altered, ...compareAnswers(locked, catalogue), ...converted], additions, extended }
}

function compareVersion ({ world: { derived, history }, placesAt }: Catalogue, index: number, was: VersionContract, is: VersionContract, reported: Set<string>): Alteration[] {
  const resolve = { locked: (name: string) => was.schemas.get(name), present: (name: string) => is.schemas.get(name) }
  const places = placesAt(index)
  const compare = (kind: 'schemas' | 'places'): Alteration[] => [...was[kind]].flatMap(([name, schema]) => {
    const key = kind === 'places' ? places.get(name) : derived.names.keysOf(name, index)[0]
    const found = differencesOf(schema, is[kind].get(name), resolve, kind === 'places' ? 'was there, and is not any more' : null)
    if (found.length === 0 || reported.has(String(key ?? name))) return []
    reported.add(String(key ?? name))
    return found.map(({ path, what }) => ({ version: String(derived.versions[index]), name, field: path, what, files: key === undefined ? endpointFilesBehind(history, index, null) : filesBehind(derived, key, index) }))
  })
  return [...compare('schemas'), ...compare('places')]
}

/** A schema that no place needs any more is nothing that a client would miss. */
function differencesOf (was: JsonSchema, is: JsonSchema | undefined, resolve: Parameters<typeof compareSchemas>[2], gone: string | null): Difference[] {
  if (is === undefined) return gone === null ? [] : [{ path: '', what: gone }]
  return compareSchemas(was, is, resolve)
}

/** The next newer change of a schema is where an older shape comes from, when head is as it was. */
function filesBehind (derived: Derived, key: string, index: number): string[] {
  const steps = derived.versions.slice(index + 1).map((_, offset) => derived.stepsOf(key, index + 1 + offset)).find((list) => list.length > 0) ?? []
  return [...new Set(steps.map(({ source }) => source))]
}

/** Values of an altered shape are converted otherwise, which needs no word of its own. */
function compareConversions (catalogue: Catalogue, index: number, { conversions }: LockedVersion, reported: ReadonlySet<string>): Alteration[] {
  const { world } = catalogue
  const { derived } = world
  const keys = alteredIn(catalogue, index)
  return [...conversions].flatMap(([name, { upgrade, downgrade }]) => {
    const key = keys.get(name) ?? derived.names.keysOf(name, index)[0] ?? catalogue.placesAt(index).get(name)
    if (key === undefined || reported.has(key)) return []
    const { older, newer } = openBench(world, key, index)
    const files = [...new Set(derived.stepsOf(key, index).map(({ source }) => source))]
    const alteration = (direction: string, what: string): Alteration => ({ version: String(derived.versions[index]), name, field: direction, what, files })
    return [...alteredConversions(older, upgrade).map((what) => alteration('upgrade', what)), ...alteredConversions(newer, downgrade).map((what) => alteration('downgrade', what))].slice(0, 1)
  })
}

function alteredConversions (side: Side, conversions: readonly Conversion[]): string[] {
  return conversions.flatMap(({ in: value, out }) => {
    const now = outcomeOf(side, value)
    return isDeepStrictEqual(now, out) ? [] : [`of ${JSON.stringify(value)} gave ${JSON.stringify(out)} and gives ${JSON.stringify(now)}`]
  })
}

/** Adds what is new, and leaves what was locked as it is. */
function extend (locked: Lock, today: Lock): Pick<LockVerdict, 'extended' | 'additions'> {
  const additions: string[] = []
  const extended = new Map<string, LockedVersion>()
  for (const [version, is] of today) {
    const was = locked.get(version)
    if (was === undefined) additions.push(version)
    const join = <Value>(what: string, old: ReadonlyMap<string, Value> | undefined, now: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> => {
      if (old !== undefined) additions.push(...[...now.keys()].filter((name) => !old.has(name)).map((name) => `${version} ${what}${name}`))
      return new Map([...now, ...old ?? []].sort(([a], [b]) => Number(a > b) - Number(a < b)))
    }
    extended.set(version, {
      schemas: join('', was?.schemas, is.schemas),
      places: join('', was?.places, is.places),
      answers: join('', was?.answers, is.answers),
      conversions: join<Conversions>('conversions of ', was?.conversions, is.conversions)
    })
  }
  return { extended, additions }
}
