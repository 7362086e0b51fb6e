import { AjvCompiler } from '@fastify/ajv-compiler'
import type { Arbitrary } from 'fast-check'
import { arbitraryOf } from './arbitrary.js'
import { isPlace } from './bindings.js'
import { change, type Change } from './change.js'
import { roleOf } from './check-directions.js'
import { checkTwins } from './check-twins.js'
import { closeSchema } from './close-schema.js'
import type { HeadContract } from './contracts.js'
import { createConverters, type Converters, type Route } from './converters.js'
import { deriveStates, type Derived } from './derive.js'
import type { VersionHistory } from './history.js'
import { interpret } from './interpret.js'
import type { JsonSchema } from './json-schema.js'
import type { ConversionContext } from './load-context.js'
import type { Direction, SchemaOperation, Step, Use } from './operations/operation.js'
import { computeReach, refsIn, type Reach } from './reach.js'

/** One side of a step between two versions: its values, and the way to the other side. */
export interface Side {
  readonly schema: JsonSchema
  /** may hold values that are not valid; @throws Error when none can be generated */
  values (): Arbitrary<unknown>
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

/** The schemas of an app in all versions, ready to be converted. */
export interface World {
  readonly derived: Derived
  readonly reach: Reach
  readonly converters: Converters
  /** @returns a validator that takes values as they are */
  compile (schema: JsonSchema): (value: unknown) => boolean
}

/**
 * Derives all versions, for trying their changes.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when a change does not fit the schemas
 */
export function openWorld (history: VersionHistory, head: HeadContract): World {
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  checkTwins(derived)
  const compileSchema = AjvCompiler()({}, { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, strict: false, allErrors: false, addUsedSchema: false, logger: false } })
  return {
    derived,
    reach,
    converters: createConverters(derived, reach),
    compile: (schema) => {
      const validate = compileSchema({ schema })
      return (value) => validate(value) === true
    }
  }
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
    const schema = closeSchema(key, from, derived, reach)
    const direction: Direction = from < to ? 'upgrade' : 'downgrade'
    const route: Route = { from, to, use }
    const used = upgrades === null || upgrades === (direction === 'upgrade')
    let validate: ((value: unknown) => boolean) | undefined
    return {
      schema,
      values: () => arbitraryOf(schema),
      accepts: (value) => (validate ??= world.compile(schema))(value),
      convert: used && !lacks(steps, direction, use) ? (value) => (converters.unit(key, route) ?? same)(value, nothingFound) : undefined,
      interpret: (value) => interpret({ derived, reach, loads: nothingFound }, key, value, route)
    }
  }
  return { older: side(index - 1, index), newer: side(index, index - 1), steps }
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
