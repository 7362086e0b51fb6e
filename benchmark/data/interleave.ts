import { assess, isTooNoisy, type CostBlock, type Goal } from '../statistics/verdict.js'
import type { DataComparison } from './results.js'

/** What one contestant measured in one run: name of a cost → cost. */
export type Costs = Readonly<Record<string, number>>

/** Runs in which every contestant had its turn. */
export type Runs<Name extends string> = ReadonlyArray<Readonly<Record<Name, Costs>>>

/** Whoever measures, each with its counterpart and that counterpart once more. */
export type Contestants<Name extends string> = Readonly<Record<Name, () => Promise<Costs>>>

/** How often to measure: more than `runs` while A against A is further from 1 than 3 %, up to `mostRuns` and a moment of `performance.now()`. */
export interface RunCount {
  readonly runs: number
  readonly mostRuns: number
  readonly until?: number
}

/** Lets contestants take turns; who goes first goes round, and every other time all go the other way round, so that what drifts, and what the one before leaves behind, is shared by all. */
export async function interleave<Name extends string> (contestants: Contestants<Name>, { runs, mostRuns, until = Infinity }: RunCount, isNoisy: (done: Runs<NoInfer<Name>>) => boolean = () => false): Promise<Runs<Name>> {
  const names = namesIn(contestants)
  const done: Array<Readonly<Record<Name, Costs>>> = []
  while (done.length < runs || (done.length < mostRuns && performance.now() < until && isNoisy(done))) {
    const costs: Partial<Record<Name, Costs>> = {}
    const order = Math.floor(done.length / names.length) % 2 === 0 ? names : names.toReversed()
    for (let turn = 0; turn < names.length; turn++) {
      const name = order[(done.length + turn) % order.length]
      if (name !== undefined) costs[name] = await contestants[name]()
    }
    done.push(requireAll(names, costs))
  }
  return done
}

/** The paired costs of a case and its counterpart. */
export function pair<Name extends string> (runs: Runs<Name>, cost: string, subject: Name, counterpart: Name, again: Name): CostBlock[] {
  return runs.map((run) => ({ subject: costIn(run[subject], cost), counterpart: costIn(run[counterpart], cost), again: costIn(run[again], cost) }))
}

/** Whether one of the costs is too noisy to say anything: the counterpart is not like itself. */
export function noisyIn<Name extends string> (costs: readonly string[], counterpart: Name, again: Name): <Whole extends Name>(runs: Runs<Whole | Name>) => boolean {
  return (runs) => costs.some((cost) => isTooNoisy(assess(pair(runs, cost, counterpart, counterpart, again), null).noise))
}

/** A comparison of one of the costs. */
export function comparisonOf (name: string, against: string, unit: string, goal: Goal, runs: readonly CostBlock[], notes: readonly string[] = []): DataComparison {
  return { name, against, unit, goal, runs, notes }
}

function costIn (costs: Costs, name: string): number {
  const cost = costs[name]
  if (cost === undefined) throw new TypeError(`a contestant does not say what ${name} costs`)
  return cost
}

function namesIn<Name extends string> (contestants: Contestants<Name>): Name[] {
  const names: Name[] = []
  for (const name in contestants) names.push(name)
  return names
}

function requireAll<Name extends string> (names: readonly Name[], costs: Partial<Record<Name, Costs>>): Record<Name, Costs> {
  const isWhole = (value: Partial<Record<Name, Costs>>): value is Record<Name, Costs> => names.every((name) => value[name] !== undefined)
  if (!isWhole(costs)) throw new TypeError('a contestant had no turn')
  return costs
}
