import type { Arbitrary } from 'fast-check'
import { arbitraryOf } from './arbitrary.js'
import { isPlace } from './bindings.js'
import { change, type Change } from './change.js'
import { roleOf } from './check-directions.js'
import { closeSchema } from './close-schema.js'
import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import type { VersionHistory } from './history.js'
import { interpret } from './interpret.js'
import { mapSubschemas, type JsonSchema } from './json-schema.js'
import type { ConversionContext } from './load-context.js'
import type { Direction, SchemaOperation, Step, Use } from './operations/operation.js'
import { refsIn } from './reach.js'
import { openWorld, type World } from './world.js'

/** One side of a step between two versions: its values, and the way to the other side. */
export interface Side {
  readonly schema: JsonSchema
  /** may hold values that are not valid; @throws Error when none can be generated */
  values (textOf?: (schema: JsonSchema) => Arbitrary<string>): Arbitrary<unknown>
  accepts (value: unknown): boolean
  /** compiled; undefined when a change has no function for this direction */
  readonly convert: ((value: unknown) => unknown) | undefined
  interpret (value: unknown): unknown
}

/** Two versions of one schema, and the changes between them. */
export interface Bench {
  readonly older: Side
  readonly newer: Side
  /** every change that has a part in it, in upgrade order */
  readonly steps: readonly Step[]
}

const SAMPLE = 'Sample'

/** Puts the operation of a change on a made-up schema that it fits, apart from all other changes. */
export function openSampleBench (operation: SchemaOperation, { description }: Change, source: string, version: string): Bench {
  const alone = change(description, SAMPLE, operation)
  const history: VersionHistory = {
    versions: [`before ${version}`, version],
    sources: new Map([[alone, source]]),
    changesOf: (name) => name === version ? [alone] : []
  }
  return openBench(openWorld(history, { schemas: new Map([[SAMPLE, { ...operation.sample(), $id: SAMPLE }]]), places: new Map() }), SAMPLE, 1)
}

/**
 * Puts a schema of the app between a version and the one before it.
 *
 * @param key `$id`, or a place, which is converted in the direction in which it is used only
 * @param index of the newer of the two versions
 */
export function openBench (world: World, key: string, index: number): Bench {
  const { derived, reach, converters } = world
  const steps = stepsBelow(derived, key, index)
  const { upgrades, use } = isPlace(key) ? roleOf(key) : { upgrades: null, use: 'value' as const }
  const side = (from: number, to: number): Side => {
    const schema = closeSchema(key, from, withoutMarks(derived), reach)
    const direction: Direction = from < to ? 'upgrade' : 'downgrade'
    const route: Route = { from, to, use }
    const used = upgrades === null || upgrades === (direction === 'upgrade')
    let validate: ((value: unknown) => string | undefined) | undefined
    return {
      schema,
      values: (textOf) => arbitraryOf(schema, textOf),
      accepts: (value) => (validate ??= world.compile(schema))(value) === undefined,
      convert: used && !lacks(steps, direction, use) ? (value) => (converters.unit(key, route) ?? same)(value, nothingFound) : undefined,
      interpret: (value) => interpret({ derived, reach, loads: nothingFound }, key, value, route)
    }
  }
  return { older: side(index - 1, index), newer: side(index, index - 1), steps }
}

/** A handler returns the internal fields of head, so values have them here. */
function withoutMarks (derived: Derived): Derived {
  const unmark = (schema: JsonSchema): JsonSchema => Object.fromEntries(Object.entries(mapSubschemas(schema, unmark)).filter(([keyword]) => !keyword.startsWith('x-')))
  return { ...derived, stateOf: (key, index) => unmark(derived.stateOf(key, index)), resolve: (schema, index) => unmark(derived.resolve(schema, index)) }
}

const same = (value: unknown) => value

/** Look-ups find nothing here: what a function makes of that must be valid as well. */
const nothingFound: ConversionContext = { look: () => ({ value: undefined }) }

/** The steps of a unit, and of all that it refers to. */
function stepsBelow (derived: Derived, key: string, index: number): Step[] {
  const reached = new Set([key])
  // the set grows while it is walked
  for (const unit of reached) {
    for (const at of [index - 1, index]) for (const ref of refsIn(derived.stateOf(unit, at))) reached.add(ref)
  }
  return [...reached].flatMap((unit) => derived.stepsOf(unit, index))
}

function lacks (steps: readonly Step[], direction: Direction, use: Use): boolean {
  return steps.some((step) => step.operation.lacks(step, direction, use, Infinity) !== undefined)
}
