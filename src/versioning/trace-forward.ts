import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { isObjectSchema, isRecord, propertiesOf, refOf, type JsonSchema } from './json-schema.js'
import { memberSchema } from './member-schema.js'
import { objectIn, onlyBranch } from './object-in.js'
import { flowsOf, type Path } from './operations/flows.js'
import { fieldMoves, type FieldMove, type Step } from './operations/operation.js'
import { isNullable } from './schema-type.js'

/** The fields that a partial value has, by name; null stands for a value that is taken as a whole. */
export type FieldTree = ReadonlyMap<string, FieldTree | null> | null

/**
 * Tells which fields of head depend on the fields that a partial older value has.
 *
 * @param sent valid in version `route.from`; only what its schema knows as an object is looked into
 */
export function traceForward (derived: Derived, key: string, sent: unknown, { from, to, use }: Route): Forwarded {
  let tree = treeOf(derived, { $ref: key }, sent, from)
  const lacking: Lacking = { fields: false }
  for (let index = from + 1; index <= to; index++) tree = forwardSchema({ derived, index, use, lacking }, { $ref: key }, tree)
  return { tree, isTold: !lacking.fields }
}

/** What became of the fields of a partial value. */
export interface Forwarded {
  /** the fields of head that depend on them */
  readonly tree: FieldTree
  /** whether functions of version files were given all that they read, also what may be absent */
  readonly isTold: boolean
}

interface Lacking { fields: boolean }

/**
 * Takes those fields of a value of head that a tree names. What is not there is null, where the schema admits that:
 * the older client has removed it.
 *
 * @param absent what stands for a field that is not there and cannot be null; left out, no such field is made
 */
export function pickFields (derived: Derived, schema: JsonSchema, value: unknown, tree: FieldTree, absent?: { readonly value: unknown }): unknown {
  const target = objectIn(derived, schema, derived.headIndex)
  if (tree === null || target === undefined || !isRecord(value)) return value
  return Object.fromEntries([...tree].flatMap(([name, below]): Array<[string, unknown]> => {
    const member = memberSchema(target, name) ?? {}
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given !== undefined) return [[name, pickFields(derived, member, given, below, absent)]]
    if (absent !== undefined) return [[name, absent.value]]
    return isNullable(member, (one) => derived.resolve(one, derived.headIndex)) ? [[name, null]] : []
  }))
}

function treeOf (derived: Derived, schema: JsonSchema, value: unknown, index: number): FieldTree {
  const target = objectIn(derived, schema, index)
  if (target === undefined || !isRecord(value)) return null
  return new Map(Object.entries(value).map(([name, below]) => {
    const member = memberSchema(target, name)
    return [name, member === undefined ? null : treeOf(derived, member, below, index)]
  }))
}

interface Trace extends Pick<Route, 'use'> { readonly derived: Derived, readonly index: number, readonly lacking: Lacking }

/** One version on; `schema` is of the older one. */
function forwardSchema (trace: Trace, schema: JsonSchema, tree: FieldTree): FieldTree {
  if (tree === null) return null
  const { derived, index } = trace
  const ref = refOf(schema)
  if (ref !== undefined) {
    const state = derived.stateOf(ref, index - 1)
    return isObjectSchema(state) ? forwardObject(trace, state, derived.stepsOf(ref, index), tree) : forwardSchema(trace, state, tree)
  }
  const only = onlyBranch(schema)
  return only === undefined ? forwardObject(trace, schema, [], tree) : forwardSchema(trace, only, tree)
}

interface Entry { readonly tree: FieldTree, readonly schema: JsonSchema | undefined }

function forwardObject (trace: Trace, older: JsonSchema, steps: readonly Step[], tree: NonNullable<FieldTree>): FieldTree {
  const own = propertiesOf(older)
  const known = new Set(steps.flatMap((step) => [...Object.keys(propertiesOf(step.older)), ...Object.keys(propertiesOf(step.newer))]))
  const entries = new Map<string, Entry>()
  for (const [name, below] of tree) {
    // a newer name that an older request smuggles in is left behind, as the upgrade does
    if (Object.hasOwn(own, name) || !known.has(name)) entries.set(name, { tree: below, schema: memberSchema(older, name) })
  }
  for (const step of steps) for (const move of fieldMoves(step, 'upgrade', trace.use)) forwardMove(trace, entries, move)
  return new Map([...entries].map(([name, entry]) => [name, settle(trace, entry)]))
}

function settle (trace: Trace, { tree, schema }: Entry): FieldTree {
  return schema === undefined ? tree : forwardSchema(trace, schema, tree)
}

function forwardMove (trace: Trace, entries: Map<string, Entry>, move: FieldMove): void {
  const flows = flowsOf(move)
  const arrivals = flows.flatMap(({ from, to, carries }): Array<[Path, Entry]> => {
    const entry = entryAt(trace, entries, from)
    return entry === undefined ? [] : [[to, carries ? entry : { tree: null, schema: undefined }]]
  })
  // what a function reads is looked at as a whole: a part of an object is not enough
  if (move.kind === 'call' && arrivals.length > 0 && move.reads.some((name) => entries.get(name)?.tree !== null)) trace.lacking.fields = true
  for (const { from: [name = ''] } of flows) entries.delete(name)
  if (move.kind === 'drop') for (const name of move.names) entries.delete(name)
  for (const [to, entry] of arrivals) place(trace, entries, to, entry)
}

function entryAt ({ derived, index }: Trace, entries: ReadonlyMap<string, Entry>, [name = '', ...rest]: Path): Entry | undefined {
  return rest.reduce<Entry | undefined>((entry, below) => {
    if (entry === undefined || entry.tree === null) return entry
    const tree = entry.tree.get(below)
    const target = entry.schema === undefined ? undefined : objectIn(derived, entry.schema, index - 1)
    return tree === undefined ? undefined : { tree, schema: target === undefined ? undefined : memberSchema(target, below) }
  }, entries.get(name))
}

function place (trace: Trace, entries: Map<string, Entry>, [name = '', ...rest]: Path, entry: Entry): void {
  const [below] = rest
  if (below === undefined) {
    entries.set(name, entry)
    return
  }
  // what goes into an object is brought to the newer version on the way
  const inner = rest.slice(1).reduceRight<FieldTree>((tree, step) => new Map([[step, tree]]), settle(trace, entry))
  const before = entries.get(name)?.tree ?? new Map()
  entries.set(name, { tree: new Map([...before, [below, inner]]), schema: undefined })
}
