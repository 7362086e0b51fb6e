import { roleOf } from './check-directions.js'
import { isPlace } from './bindings.js'
import type { CodeText } from './code.js'
import { composeUnit } from './compose-unit.js'
import { directedSteps, type Route, type Workshop } from './converters.js'
import { findKey } from './find-key.js'
import type { Direction } from './operations/operation.js'

/** How values of a schema or place get from one version to another: the steps, and the code that was made of them. */
export interface Explanation {
  /** what was asked for: an `$id` or a place */
  readonly of: string
  readonly from: string
  readonly to: string
  readonly direction: Direction
  /** the functions that take part, the one that is called first in front; none where values are the same in both versions */
  readonly functions: readonly ExplainedFunction[]
}

/** One generated function. */
export interface ExplainedFunction {
  /** an `$id`, a place, or a part of one of them */
  readonly of: string
  readonly from: string
  readonly to: string
  /** the changes that are in it, in the order in which a value takes them */
  readonly steps: readonly ExplainedStep[]
  readonly code: string
}

/** One change on its way through a function. */
export interface ExplainedStep {
  readonly change: string
  /** `2026-11-01/full-name.ts` */
  readonly file: string
  readonly version: string
  readonly direction: Direction
}

/**
 * Explains the conversion between a version and head.
 *
 * @param name an `$id`, as of that version or of head, or a place
 * @param direction which way; for a place that in which it is used, whatever is asked for
 * @param sharedKey gives the schema behind a place that is all of it
 * @throws FST_ERR_VINTAGE_UNKNOWN_SCHEMA
 */
export function explain (workshop: Workshop, name: string, index: number, direction: Direction, sharedKey: (key: string) => string): Explanation {
  const { derived: { versions, headIndex } } = workshop
  const place = isPlace(name) ? roleOf(name) : undefined
  const use = place?.use ?? 'value'
  const upgrades = place === undefined ? direction === 'upgrade' : place.upgrades
  const route: Route = upgrades ? { from: index, to: headIndex, use } : { from: headIndex, to: index, use }
  const key = sharedKey(findKey(workshop.derived, name, route.from, route.to))
  return {
    of: name,
    from: String(versions[route.from]),
    to: String(versions[route.to]),
    direction: upgrades ? 'upgrade' : 'downgrade',
    functions: explainFunctions(workshop, key, route)
  }
}

function explainFunctions (workshop: Workshop, key: string, route: Route): ExplainedFunction[] {
  const { derived, target } = workshop
  const found = new Map<string, ExplainedFunction>()
  const visit = (key: string, route: Route) => {
    const made = target(key, route)
    if (made === null) return
    const exact = { from: made.from, to: made.to, use: route.use }
    const name = `${key} ${made.from} ${made.to}`
    if (found.has(name)) return
    const [from, to] = [String(derived.versions[made.from]), String(derived.versions[made.to])]
    const steps = directedSteps(derived, key, exact).map(({ step, direction }) => ({ change: step.change.description, file: step.source, version: step.version, direction }))
    const calls: Array<[string, Route]> = []
    const noting: Workshop = {
      ...workshop,
      target: (below, way) => {
        calls.push([below, way])
        return target(below, way)
      }
    }
    found.set(name, { of: key, from, to, steps, code: layOut(composeUnit(noting, key, exact).read()) })
    for (const [below, way] of calls) visit(below, way)
  }
  visit(key, route)
  return [...found.values()]
}

/** @returns the source with two spaces of indent for each open brace, and what its names stand for on top */
function layOut ({ source, names }: CodeText): string {
  let depth = 0
  const lines = source.split('\n').map((line) => {
    const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    const opened = [...bare].filter((character) => character === '{').length
    const closed = [...bare].filter((character) => character === '}').length
    const leading = bare.slice(0, bare.search(/[^})\s]|$/)).replaceAll(/[^}]/g, '').length
    const text = `${'  '.repeat(Math.max(0, depth - leading))}${line}`
    depth += opened - closed
    return text
  })
  return [...[...names].map(([name, what]) => `// ${name}: ${what}`), ...lines].join('\n')
}

/** @returns an explanation as lines for a person */
export function describeExplanation ({ of, from, to, direction, functions }: Explanation): string {
  const head = `${of}: ${direction} from ${from} to ${to}`
  if (functions.length === 0) return `${head}\n\nthe same in both versions: values pass as they are`
  return [head, ...functions.map(describeFunction)].join('\n\n')
}

function describeFunction ({ of, from, to, steps, code }: ExplainedFunction): string {
  const listed = steps.map(({ change, file, version, direction }) => `  ${version}  ${direction}  ${file}: ${change}`)
  return [`${of}, ${from} to ${to}`, ...(listed.length === 0 ? ['  no change of its own: it holds what has'] : listed), '', code].join('\n')
}
