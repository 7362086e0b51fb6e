import { bindChanges, type Binding } from './bindings.js'
import { checkSplits } from './check-splits.js'
import type { HeadContract } from './contracts.js'
import type { VersionHistory } from './history.js'
import { revealRestored } from './internal.js'
import { mergeIntersections } from './intersections.js'
import { isList, isRecord, mapSubschemas, refOf, type JsonSchema } from './json-schema.js'
import type { SchemaOperation, Site, Step } from './operations/operation.js'
import { carryNames, type NameSpace } from './name-space.js'
import { remakeVariant } from './remake-variant.js'
import { restoreRemoved } from './restore-removed.js'
import { collectUnits, type Unit } from './units.js'

/** Every unit in every version, and the steps between them. */
export interface Derived {
  readonly versions: readonly string[]
  readonly headIndex: number
  readonly units: ReadonlyMap<string, Unit>
  readonly names: NameSpace
  readonly bindings: readonly Binding[]
  /** @returns the schema of a unit as of a version, references bound to units */
  stateOf (key: string, index: number): JsonSchema
  /** @returns the steps that version `index` brought to a unit, in upgrade order */
  stepsOf (key: string, index: number): readonly Step[]
  /** @returns the schema behind references, as of a version */
  resolve (schema: JsonSchema, index: number): JsonSchema
}

/**
 * Undoes the changes of a history on the schemas of head, newest to oldest.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when a change does not fit the schemas as of its version
 */
export function deriveStates (history: VersionHistory, head: HeadContract): Derived {
  const { versions } = history
  const headIndex = versions.length - 1
  const units = collectUnits(head)
  const names = carryNames(history, units.all)
  restoreRemoved(names, units)
  mergeIntersections(units.all)
  const bindings = bindChanges(history, units, names)
  const states = new Map([...units.all].map(([key, { schema }]) => [key, versions.map(() => schema)]))
  const steps = new Map<string, Step[][]>([...units.all.keys()].map((key) => [key, versions.map(() => [])]))
  const derived: Derived = {
    versions,
    headIndex,
    units: units.all,
    names,
    bindings,
    stateOf: (key, index) => states.get(key)?.[index] ?? {},
    stepsOf: (key, index) => steps.get(key)?.[index] ?? [],
    resolve: (schema, index) => resolveIn(derived, schema, index)
  }
  for (const binding of [...bindings].reverse()) {
    for (const key of followersOf(binding.targets, units.all)) undo(binding, key)
  }

  checkSplits(derived)
  return derived

  function undo (binding: Binding, key: string): void {
    const { change, operation, source, version, index } = binding
    const newer = derived.stateOf(key, index - 1)
    // within one version the references of both sides may be read as of the newer one: only top levels are compared
    const resolve = (schema: JsonSchema) => derived.resolve(schema, index)
    const site = siteOf(binding, key, derived, resolve)
    const older = revealRestored(newer, operation.undo(newer, site))
    if (older === newer) return
    states.get(key)?.fill(older, 0, index)
    steps.get(key)?.[index]?.unshift({ change, operation, source, version, index, follows: site.follows, older, newer, resolve })
    for (const [name, list] of states) list.fill(undoDefaults(derived.stateOf(name, index - 1), key, operation), 0, index)
  }
}

function siteOf (binding: Binding, key: string, derived: Derived, resolve: Site['resolve']): Site {
  const { before, after, misfit, index } = binding
  const describe = (problem: string) => misfit(`\`${derived.names.nameOf(key, index) ?? key}\`: ${problem}`)
  return {
    follows: !binding.targets.includes(key),
    before,
    after,
    resolve,
    remade: (name) => remakeVariant(key, name, derived, index - 1, describe),
    misfit: describe
  }
}

/** Targets first, then what follows them, so that a variant can be made again of a base that is already older. */
function followersOf (targets: readonly string[], units: ReadonlyMap<string, Unit>): ReadonlySet<string> {
  const found = new Set(targets)
  // the set grows while it is walked
  for (const key of found) {
    for (const unit of units.values()) if (unit.bases.includes(key)) found.add(unit.key)
  }
  return found
}

function resolveIn (derived: Derived, schema: JsonSchema, index: number): JsonSchema {
  const seen = new Set<string>()
  let target = schema
  for (let key = refOf(target); key !== undefined && derived.units.has(key) && !seen.has(key); key = refOf(target)) {
    seen.add(key)
    target = derived.stateOf(key, index)
  }
  return target
}

/** Brings the defaults of lists of a unit to the older version, wherever such a list stands. */
function undoDefaults (schema: JsonSchema, key: string, operation: SchemaOperation): JsonSchema {
  const { undoDefault } = operation
  if (undoDefault === undefined || operation.touches().length > 0) return schema
  const copy = mapSubschemas(schema, (below) => undoDefaults(below, key, operation))
  return isRecord(copy.items) && refOf(copy.items) === key && isList(copy.default) ? { ...copy, default: undoDefault(copy.default) } : copy
}
