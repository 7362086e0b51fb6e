import type { JsonSchema } from './json-schema.js'
import type { Step } from './operations/operation.js'
import type { Unit } from './units.js'

/** The schema of every unit in every version, and the steps between them; only what changes takes up room. */
export interface States {
  /** @returns the schema of a unit as of a version; one that admits everything for an unknown unit */
  stateOf (key: string, index: number): JsonSchema
  /** @returns the steps that version `index` brought to a unit, in upgrade order */
  stepsOf (key: string, index: number): readonly Step[]
  /** @returns all schemas that a unit has had, each once */
  statesOf (key: string): Iterable<JsonSchema>
  /** keys of all units that are not the same in all versions */
  changed (): Iterable<string>
  /** states what a unit was before version `index`, in all older versions */
  setOlder (key: string, index: number, older: JsonSchema): void
  addStep (key: string, step: Step): void
}

const none: readonly Step[] = Object.freeze([])

/** Starts with the units of head, which have always been as they are. */
export function startStates (units: ReadonlyMap<string, Unit>, versionCount: number): States {
  const states = new Map<string, JsonSchema[]>()
  const steps = new Map<string, Map<number, Step[]>>()
  const atHead = (key: string) => units.get(key)?.schema ?? {}
  return {
    stateOf: (key, index) => states.get(key)?.[index] ?? atHead(key),
    stepsOf: (key, index) => steps.get(key)?.get(index) ?? none,
    statesOf: (key) => new Set(states.get(key) ?? [atHead(key)]),
    changed: () => states.keys(),
    setOlder (key, index, older) {
      const list = states.get(key) ?? Array.from({ length: versionCount }, () => atHead(key))
      states.set(key, list.fill(older, 0, index))
    },
    addStep (key, step) {
      const byIndex = steps.get(key) ?? new Map<number, Step[]>()
      steps.set(key, byIndex.set(step.index, [step, ...byIndex.get(step.index) ?? []]))
    }
  }
}
