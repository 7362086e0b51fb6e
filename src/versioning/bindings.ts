import type { Change } from './change.js'
import { checkEndpoints } from './check-endpoints.js'
import { movesOf } from './endpoints.js'
import { headPlacesOf } from './head-places.js'
import { sourceOf, type VersionHistory } from './history.js'
import { misfitOf } from './misfit.js'
import { flattenFragments } from './flatten-fragments.js'
import { refOf } from './json-schema.js'
import type { NameSpace } from './name-space.js'
import { isSchemaOperation, type Fragments, type SchemaOperation } from './operations/operation.js'
import { paramRenames } from './param-renames.js'
import type { KeyOf, Unit, Units } from './units.js'

/** One change, bound to the units of head that it is about. */
export interface Binding {
  readonly change: Change
  readonly operation: SchemaOperation
  readonly source: string
  readonly version: string
  readonly index: number
  /** keys of the units that the change names */
  readonly targets: readonly string[]
  /** fragments with every reference bound */
  readonly before: Fragments
  readonly after: Fragments
  /** @throws FST_ERR_VINTAGE_MISFIT with file, version and change in front */
  misfit (problem: string): never
}

/**
 * Binds every change of a history to units, oldest version first.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for unknown schemas and places, and fragments that hold a schema of head
 */
export function bindChanges (history: VersionHistory, units: Units, names: NameSpace): readonly Binding[] {
  checkEndpoints(history)
  return history.versions.flatMap((version, index) => history.changesOf(version).flatMap((change) => {
    const source = sourceOf(history, change)
    const misfit = misfitOf(source, version, change)
    const frame = { change, source, version, index, misfit }
    const { operation } = change
    if (!isSchemaOperation(operation)) {
      const moves = movesOf(history).filter((move) => move.change === change)
      return paramRenames(history, moves, units, misfit).map(({ place, operation }) => ({ ...frame, operation, targets: [place], before: {}, after: {} }))
    }
    const targets = change.targets.flatMap((target) => targetsOf(target, { history, index, units, names, misfit }))
    // a fragment is of its side of the change; a name that only the other side has is meant as well
    const keyOf = (sides: readonly number[]) => (name: string) => sides.flatMap((side) => names.keysOf(name, side))[0]
    const flatten = (fragments: Fragments, side: string, keyOf: KeyOf) => flattenFragments(fragments, `${source} ${side}`, units, keyOf, misfit)
    const before = flatten(operation.before, 'before', keyOf([index - 1, index]))
    const after = flatten(operation.after, 'after', keyOf([index, index - 1]))
    return [{ ...frame, operation, targets, before, after }]
  }))
}

const route = /^[A-Z]+ \//

/** @returns whether a target or key names a route or a place, and not an `$id` */
export function isPlace (key: string): boolean {
  return route.test(key)
}

interface Scene {
  readonly history: VersionHistory
  readonly index: number
  readonly units: Units
  readonly names: NameSpace
  misfit (problem: string): never
}

function targetsOf (target: string, scene: Scene): readonly string[] {
  const { units, names, index, misfit } = scene
  const keys = isPlace(target) ? placesOf(target, scene) : names.keysOf(target, index)
  if (keys.length === 0) misfit(unknownSchema(target, scene))
  return keys.map((key) => {
    if (units.conflicts.has(key)) misfit(`head has two different schemas with the \`$id\` \`${key}\`: give one of them another \`$id\``)
    const unit = units.all.get(key) ?? misfit(`there is no place \`${target}\`: no route of head has a schema there; correct the method, URL or part`)
    units.all.set(key, ownCopy(unit, units.all))
    return key
  })
}

function unknownSchema (target: string, { names, index, history }: Scene): string {
  for (let other = history.versions.length - 1; other >= 0; other--) {
    const [key] = names.keysOf(target, other)
    const name = key === undefined ? undefined : names.nameOf(key, index)
    if (name !== undefined) return `the schema \`${target}\` of ${history.versions[other]} is called \`${name}\` in this version: write \`${name}\``
    if (key !== undefined) return `this version has no schema \`${target}\`, only ${history.versions[other]} has: leave the change out, or move it to an older version`
  }
  return `there is no schema \`${target}\` at head: correct the \`$id\`, or give the schema of the route that \`$id\``
}

function placesOf (target: string, { history, index, units, misfit }: Scene): readonly string[] {
  if (target.split(' ').length < 3) misfit(`\`${target}\` is a route: name a place of it, such as \`${target} 200\` or \`${target} body\``)
  return headPlacesOf(history, target, index, (place) => units.all.has(place))
}

/** A place whose root is a shared schema gets its own copy of it, so that a change there does not reach the others. */
function ownCopy (unit: Unit, all: ReadonlyMap<string, Unit>): Unit {
  const shared = refOf(unit.schema)
  const base = shared === undefined ? undefined : all.get(shared)
  return base === undefined ? unit : ownCopy({ key: unit.key, schema: base.schema, bases: [base.key] }, all)
}
