import type { Change } from './change.js'
import { headRouteOf } from './endpoints.js'
import { sourceOf, type VersionHistory } from './history.js'
import { misfitOf } from './misfit.js'
import { foreignRefsIn } from './named-schemas.js'
import { mapSubschemas, idOf, refOf, type JsonSchema } from './json-schema.js'
import type { Fragments, SchemaOperation } from './operations/operation.js'
import { paramRenames } from './param-renames.js'
import type { Unit, Units } from './units.js'

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
export function bindChanges (history: VersionHistory, units: Units): readonly Binding[] {
  return history.versions.flatMap((version, index) => history.changesOf(version).flatMap((change) => {
    const source = sourceOf(history, change)
    const misfit = misfitOf(source, version, change)
    const frame = { change, source, version, index, misfit }
    const { operation } = change
    if (operation.kind === 'endpoint-moved') {
      return paramRenames(history, change, operation, index, units, misfit).map(({ place, operation }) => ({ ...frame, operation, targets: [place], before: {}, after: {} }))
    }
    const targets = change.targets.map((target) => targetOf(target, history, index, units, misfit))
    const flatten = (fragments: Fragments, side: string) => flattenFragments(fragments, `${source} ${side}`, units, misfit)
    return [{ ...frame, operation, targets, before: flatten(operation.before, 'before'), after: flatten(operation.after, 'after') }]
  }))
}

const route = /^[A-Z]+ \//

/** @returns whether a target or key names a route or a place, and not an `$id` */
export function isPlace (key: string): boolean {
  return route.test(key)
}

function targetOf (target: string, history: VersionHistory, index: number, units: Units, misfit: (problem: string) => never): string {
  if (!isPlace(target)) {
    const unit = units.all.get(target) ?? misfit(`there is no schema \`${target}\` at head: correct the \`$id\`, or give the schema of the route that \`$id\``)
    if (units.conflicts.has(target)) misfit(`head has two different schemas with the \`$id\` \`${target}\`: give one of them another \`$id\``)
    units.all.set(target, ownCopy(unit, units.all))
    return target
  }
  const [method = '', url = '', ...part] = target.split(' ')
  if (part.length === 0) misfit(`\`${target}\` is a route: name a place of it, such as \`${target} 200\` or \`${target} body\``)
  const place = `${headRouteOf(history, `${method} ${url}`, index)} ${part.join(' ')}`
  const unit = units.all.get(place) ?? misfit(`there is no place \`${target}\`: no route of head has a schema there; correct the method, URL or part`)
  units.all.set(place, ownCopy(unit, units.all))
  return place
}

/** A place whose root is a shared schema gets its own copy of it, so that a change there does not reach the others. */
function ownCopy (unit: Unit, all: ReadonlyMap<string, Unit>): Unit {
  const shared = refOf(unit.schema)
  const base = shared === undefined ? undefined : all.get(shared)
  return base === undefined ? unit : ownCopy({ key: unit.key, schema: base.schema, bases: [base.key] }, all)
}

function flattenFragments (fragments: Fragments, name: string, units: Units, misfit: (problem: string) => never): Fragments {
  return Object.fromEntries(Object.entries(fragments).map(([field, fragment]) => {
    if (field === '__proto__') misfit('`__proto__` cannot be the name of a field')
    refuseHeadSchemas(fragment, units, misfit)
    const unknown = [...foreignRefsIn(fragment)].find((id) => !units.all.has(id))
    if (unknown !== undefined) misfit(`a fragment refers to \`${unknown}\`, which is no schema at head: correct the \`$id\``)
    const optional = Object.getOwnPropertySymbols(fragment).map((symbol) => [symbol, Reflect.get(fragment, symbol)])
    return [field, { ...units.flattenFragment(fragment, `${name}.${field}`), ...Object.fromEntries(optional) }]
  }))
}

function refuseHeadSchemas (fragment: JsonSchema, units: Units, misfit: (problem: string) => never): void {
  const id = idOf(fragment)
  if (id !== undefined && units.all.has(id)) misfit(`a fragment holds the head schema \`${id}\`, which would change with head: write \`ref('${id}')\``)
  mapSubschemas(fragment, (below) => {
    refuseHeadSchemas(below, units, misfit)
    return below
  })
}
