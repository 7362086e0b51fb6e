import { bindChanges, type Binding } from './bindings.js'
import { checkSplits } from './check-splits.js'
import type { HeadContract } from './contracts.js'
import type { VersionHistory } from './history.js'
import { revealRestored } from './internal.js'
import { mergeIntersections } from './intersections.js'
import { refOf, type JsonSchema } from './json-schema.js'
import type { Site } from './operations/operation.js'
import { carryNames, type NameSpace } from './name-space.js'
import { remakeVariant } from './remake-variant.js'
import { restoreRemoved } from './restore-removed.js'
import { startStates, type States } from './states.js'
import { createSurveyor, type Surveyor } from './survey.js'
import { undoDefaults } from './undo-defaults.js'
import { undoFieldNames, unitsOfFieldNames } from './undo-field-names.js'
import { collectUnits, type Unit } from './units.js'

/** Every unit in every version, and the steps between them. */
export interface Derived extends Pick<States, 'stateOf' | 'stepsOf' | 'statesOf' | 'changed'> {
  readonly versions: readonly string[]
  readonly headIndex: number
  readonly units: ReadonlyMap<string, Unit>
  readonly names: NameSpace
  readonly bindings: readonly Binding[]
  /** what stands in a schema, found once */
  readonly survey: Surveyor
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
  const states = startStates(units.all, versions.length)
  const { stateOf, stepsOf, statesOf, changed } = states
  const survey = createSurveyor()
  const derived: Derived = { versions, headIndex, units: units.all, names, bindings, stateOf, stepsOf, statesOf, changed, survey, resolve: (schema, index) => resolveIn(derived, schema, index) }
  const followers = followersByBase(units.all)
  const listing = unitsOfFieldNames(derived)
  for (let index = headIndex; index > 0; index--) {
    const ofVersion = bindings.filter((binding) => binding.index === index).reverse()
    for (const binding of ofVersion) for (const key of followersOf(binding.targets, followers)) undo(binding, key)
    if (ofVersion.length > 0) for (const key of listing) undoFieldNames(derived, states, key, index)
    if (ofVersion.length > 0) for (const key of units.all.keys()) undoDefaultsOf(key, index)
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
    states.setOlder(key, index, older)
    states.addStep(key, { change, operation, source, version, index, follows: site.follows, older, newer, resolve })
  }

  function undoDefaultsOf (key: string, index: number): void {
    const older = stateOf(key, index - 1)
    const undone = survey(older).holdsDefaults ? undoDefaults(derived, key, index) : older
    if (undone !== older) states.setOlder(key, index, undone)
  }
}

function siteOf (binding: Binding, key: string, derived: Derived, resolve: Site['resolve']): Site {
  const { before, after, misfit, index } = binding
  const describe = (problem: string) => misfit(`\`${derived.names.labelOf(key, index)}\`: ${problem}`)
  return {
    follows: !binding.targets.includes(key),
    before,
    after,
    resolve,
    remade: (name) => remakeVariant(key, name, derived, index - 1, describe),
    misfit: describe
  }
}

function followersByBase (units: ReadonlyMap<string, Unit>): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>()
  for (const { key, bases } of units.values()) for (const base of bases) followers.set(base, [...followers.get(base) ?? [], key])
  return followers
}

/** Targets first, then what follows them, so that a variant can be made again of a base that is already older. */
function followersOf (targets: readonly string[], followers: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set(targets)
  // the set grows while it is walked
  for (const key of found) for (const follower of followers.get(key) ?? []) found.add(follower)
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
