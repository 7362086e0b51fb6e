import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { branchesOf, isObjectSchema, refOf, type JsonSchema } from './json-schema.js'
import { memberSchema } from './member-schema.js'
import { flowsOf, leadsThrough, type Path } from './operations/flows.js'
import { fieldMoves, type FieldMove, type Step } from './operations/operation.js'

/** A value of an older request from which a value of head was made. */
export interface Origin {
  /** where it stands in the older value */
  readonly path: Path
  /** whether it arrived as it was; false where a function made another value of it, perhaps of others as well */
  readonly carried: boolean
  /** whether a change on the way says that head may refuse what became of it */
  readonly declared: boolean
}

/**
 * Follows a place in a value of head back to where its values came from in an older request.
 *
 * @param path in the value of head; may come from a validator, and lead nowhere
 * @returns none for what a change has filled in
 */
export function traceBack (derived: Derived, key: string, path: Path, { from, to, use }: Route): readonly Origin[] {
  let found: readonly Origin[] = [unchanged(path)]
  for (let index = to; index > from; index--) {
    const trace: Trace = { derived, index, use }
    found = found.flatMap((later) => backUnit(trace, key, later.path).map((origin) => join(later, origin)))
  }
  const distinct = new Map(found.map((origin) => [JSON.stringify(origin.path), origin]))
  return [...distinct.values()]
}

interface Trace extends Pick<Route, 'use'> { readonly derived: Derived, readonly index: number }

function unchanged (path: Path): Origin {
  return { path, carried: true, declared: false }
}

function join (later: Origin, origin: Origin): Origin {
  return { path: origin.path, carried: later.carried && origin.carried, declared: later.declared || origin.declared }
}

/** One version back. */
function backSchema (trace: Trace, schema: JsonSchema, path: Path): readonly Origin[] {
  const ref = refOf(schema)
  if (ref !== undefined) return trace.derived.units.has(ref) ? backUnit(trace, ref, path) : [unchanged(path)]
  const branches = branchesOf(schema)
  if (branches !== undefined) return backBranches(trace, branches, path)
  const [name, ...rest] = path
  if (name === undefined) return [unchanged(path)]
  if (isObjectSchema(schema)) return backObject(trace, schema, [], name, rest)
  // what filters is made distinct, so that an index does not tell which one it was
  if (trace.use === 'filter') return [unchanged([])]
  return backMember(trace, schema, name, rest)
}

function backUnit (trace: Trace, key: string, path: Path): readonly Origin[] {
  const { derived, index } = trace
  const newer = derived.stateOf(key, index)
  const steps = [...derived.stepsOf(key, index)].reverse()
  const [name, ...rest] = path
  if (isObjectSchema(newer)) return name === undefined ? [unchanged(path)] : backObject(trace, newer, steps, name, rest)
  const declared = steps.some(({ operation }) => operation.mayRefuse === true)
  return backSchema(trace, newer, path).map((origin) => ({ ...origin, declared: origin.declared || declared }))
}

/** Which branch a value belongs to is not known here: those that know the name will do. */
function backBranches (trace: Trace, branches: readonly JsonSchema[], path: Path): readonly Origin[] {
  const [name] = path
  const knowing = branches.filter((branch) => name !== undefined && memberSchema(trace.derived.resolve(branch, trace.index), name) !== undefined)
  return (knowing.length === 0 ? branches : knowing).flatMap((branch) => backSchema(trace, branch, path))
}

function backMember (trace: Trace, schema: JsonSchema, name: string, rest: Path): readonly Origin[] {
  const below = memberSchema(schema, name)
  const inner = below === undefined ? [unchanged(rest)] : backSchema(trace, below, rest)
  return inner.map((origin) => ({ ...origin, path: [name, ...origin.path] }))
}

function backObject (trace: Trace, newer: JsonSchema, steps: readonly Step[], name: string, rest: Path): readonly Origin[] {
  return steps.reduce((found, step) => found.flatMap((origin) => backStep(trace, step, origin)), backMember(trace, newer, name, rest))
}

function backStep ({ use }: Trace, step: Step, origin: Origin): readonly Origin[] {
  const { operation } = step
  const [name = ''] = origin.path
  const declares = operation.mayRefuse === true && (Object.hasOwn(operation.after, name) || operation.touches().includes(name))
  const moves = [...fieldMoves(step, 'upgrade', use)].reverse()
  const found = moves.reduce<readonly Origin[]>((origins, move) => origins.flatMap((one) => backMove(move, one)), [origin])
  return declares ? found.map((one) => ({ ...one, declared: true })) : found
}

function backMove (move: FieldMove, origin: Origin): readonly Origin[] {
  const { path, carried } = origin
  if (move.kind === 'fill' && move.name === path[0]) return []
  const flows = flowsOf(move).filter(({ to }) => leadsThrough(path, to) || leadsThrough(to, path))
  if (flows.length === 0) return [origin]
  return flows.map(({ from, to, carries }) => ({ ...origin, path: carries ? [...from, ...path.slice(to.length)] : from, carried: carried && carries }))
}
