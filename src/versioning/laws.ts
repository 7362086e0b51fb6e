import type { HeadContract } from './contracts.js'
import { sourceOf, type VersionHistory } from './history.js'
import type { JsonSchema } from './json-schema.js'
import { openBench, openSampleBench, type Bench } from './law-bench.js'
import { tryLaws, type Trial } from './law-trial.js'
import { loadHistory, type HistorySource, type LoadOptions } from './load.js'
import { foreignRefsIn } from './named-schemas.js'
import type { SchemaOperation } from './operations/operation.js'
import { describeViolation, type Violation } from './violation.js'
import { openWorld, type World } from './world.js'

export type { Violation } from './violation.js'

/** How the laws are tried. */
export interface LawOptions extends LoadOptions {
  /**
   * how many values each law is tried on
   * @default 200
   */
  readonly runs?: number
  /**
   * makes the generated values the same in every run; each violation names the seed that found it
   * @default another one in every run
   */
  readonly seed?: number
  /** the schemas of head, by which changes are tried on what the app really has; each needs an `$id` */
  readonly schemas?: readonly JsonSchema[]
  /** schemas by place (`GET /users 200`), for changes that name a place; needs `schemas` for those that a place refers to */
  readonly places?: Readonly<Record<string, JsonSchema>>
}

/**
 * Tries the laws of every change on generated values: round trips (unless declared lossy), valid in gives valid out in
 * both directions, inputs unmutated, compiled as interpreted, absent keys and Dates as handlers have them; and that a
 * declared loss is one. Each change is tried on its own fragments and, where `schemas` are given, on every schema that
 * it alters. A change that refers to other schemas is reported as `not checked` without them.
 *
 * @param source a history, or where to load one from
 * @returns the violations; empty when all laws hold for all changes
 * @throws FST_ERR_VINTAGE_MISFIT when the history does not load, or does not fit the schemas
 * @example t.same(await laws(new URL('../versions/', import.meta.url), { schemas: [User, Order] }), [])
 */
export async function laws (source: HistorySource | VersionHistory, options: LawOptions = {}): Promise<readonly Violation[]> {
  const history = isHistory(source) ? source : await loadHistory(source, options)
  return tryHistory(history, headOf(options), options)
}

/**
 * As {@link laws}, for a history and a head that are known already.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when the history does not fit the schemas
 */
export function tryHistory (history: VersionHistory, head: HeadContract | null, { runs = 200, seed = randomSeed() }: Pick<LawOptions, 'runs' | 'seed'>): readonly Violation[] {
  const world = head === null ? null : openWorld(history, head)
  return history.versions.flatMap((version, index) => {
    const alone = tryAlone(history, version, world !== null, { runs, seed })
    const wrong = new Set(alone.map(({ change }) => change))
    return [...alone, ...(world === null ? [] : tryTogether(world, index, wrong, { runs, seed }))]
  })
}

interface Effort { readonly runs: number, readonly seed: number }

function randomSeed (): number {
  return Math.trunc(Math.random() * 0x7fffffff)
}

function isHistory (source: HistorySource | VersionHistory): source is VersionHistory {
  return typeof source === 'object' && 'changesOf' in source && typeof source.changesOf === 'function'
}

function headOf ({ schemas, places }: LawOptions): HeadContract | null {
  if (schemas === undefined && places === undefined) return null
  const named = (schemas ?? []).map((schema): [string, JsonSchema] => [String(schema.$id), schema])
  // twins are looked for in what a route can reach
  const reached = places ?? Object.fromEntries(named.map(([id, schema]) => [`GET /${encodeURIComponent(id)} 200`, schema]))
  return { schemas: new Map(named), places: new Map(Object.entries(reached)) }
}

/** Each change of a version by itself, on its own fragments. */
function tryAlone (history: VersionHistory, version: string, hasWorld: boolean, effort: Effort): Violation[] {
  return history.changesOf(version).flatMap((change) => {
    const { operation } = change
    if (!('undo' in operation)) return []
    const file = sourceOf(history, change)
    const blame = { version, file, change: change.description, schema: null, seed: effort.seed }
    const elsewhere = refersTo(operation)
    if (elsewhere.length > 0) {
      const names = elsewhere.map((name) => `\`${name}\``).join(', ')
      return hasWorld ? [] : [describeViolation(blame, { law: 'not checked', value: null, problem: `refers to ${names}: give the schemas of head, \`laws(versions, { schemas: [${elsewhere.join(', ')}] })\`` })]
    }
    const bench = openSampleBench(operation, change, file, version)
    return tryLaws(bench, effort, operation.kind === 'replace' ? operation.lossy : undefined).map((trial) => describeViolation(blame, trial))
  })
}

function refersTo ({ before, after }: SchemaOperation): string[] {
  return [...new Set([before, after].flatMap((fragments) => Object.values(fragments).flatMap((fragment) => [...foreignRefsIn(fragment)])))]
}

/** All changes of a version on the schemas of the app, but for what is known to be wrong. */
function tryTogether (world: World, index: number, wrong: ReadonlySet<string>, effort: Effort): Violation[] {
  const { derived } = world
  const altered = [...derived.units.keys()].filter((key) => index > 0 && derived.stepsOf(key, index).length > 0)
  return altered.flatMap((key) => {
    const bench = openBench(world, key, index)
    if (bench.steps.some(({ change }) => wrong.has(change.description))) return []
    return tryLaws(bench, effort).map((trial) => blameSteps(bench, key, String(derived.versions[index]), effort, trial))
  })
}

function blameSteps ({ steps }: Bench, schema: string, version: string, { seed }: Effort, trial: Trial): Violation {
  const join = (texts: readonly string[]) => [...new Set(texts)].join(', ')
  return describeViolation({ version, file: join(steps.map(({ source }) => source)), change: join(steps.map(({ change }) => change.description)), schema, seed }, trial)
}
