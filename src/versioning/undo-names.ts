import { isPlace } from './bindings.js'
import type { Change } from './change.js'
import { sourceOf, type VersionHistory } from './history.js'
import type { JsonSchema } from './json-schema.js'
import { misfitOf } from './misfit.js'
import { isNameOperation, type NameOperation } from './operations/operation.js'

/** Keys of units by the name that stands for them in one version. */
export type Names = ReadonlyMap<string, readonly string[]>

/** A schema that only older versions have, not yet cut into units. */
export interface RemovedSchema {
  readonly key: string
  /** as of version `lastIndex`, with the references that its file has */
  readonly schema: JsonSchema
  readonly source: string
  /** the last version index that has it */
  readonly lastIndex: number
  readonly misfit: (problem: string) => never
}

/** Schemas that were one before a version. */
export interface SplitSchema {
  readonly keys: readonly string[]
  /** as of the version before */
  readonly name: string
  /** index of the version before */
  readonly lastIndex: number
  readonly misfit: (problem: string) => never
}

/** One version whose names are undone, and what takes up what it removed and split. */
export interface NamingVersion {
  readonly history: VersionHistory
  readonly index: number
  readonly removed: RemovedSchema[]
  readonly splits: SplitSchema[]
  isTaken (key: string): boolean
}

interface Naming {
  readonly change: Change
  readonly operation: NameOperation
  readonly source: string
  readonly misfit: (problem: string) => never
}

/**
 * Undoes what one version did to names, all of it at once, so that two names may be swapped.
 *
 * @returns the names of the version before; the very same where nothing happened to them
 * @throws FST_ERR_VINTAGE_MISFIT for names that are unknown or taken
 */
export function undoNames (version: NamingVersion, newer: Names): Names {
  const namings = namingsOf(version)
  if (namings.length === 0) return newer
  const older = new Map(newer)
  for (const { change, operation, misfit } of namings) {
    if (operation.kind === 'schema-removed') continue
    checkTargets(change, operation, misfit)
    for (const target of change.targets) if (newer.has(target) && !older.delete(target)) misfit(`\`${target}\` is the target of two changes of its name: leave one of them out`)
  }
  for (const naming of namings) {
    const name = olderName(naming)
    if (older.has(name)) naming.misfit(takenMessage(naming, name))
    older.set(name, keysBefore(naming, name, version, newer))
  }
  return older
}

function keysBefore ({ change: { targets }, operation, source, misfit }: Naming, name: string, version: NamingVersion, newer: Names): readonly string[] {
  const lastIndex = version.index - 1
  if (operation.kind === 'schema-removed') {
    const key = version.isTaken(name) ? `${name} until ${version.history.versions[version.index]}` : name
    version.removed.push({ key, schema: operation.schema, source, lastIndex, misfit })
    return [key]
  }
  const keys = targets.flatMap((target) => newer.get(target) ?? misfit(`there is no schema \`${target}\` at this version: correct the \`$id\`, or give the schema of the route that \`$id\``))
  if (operation.kind === 'schema-split') version.splits.push({ keys, name, lastIndex, misfit })
  return keys
}

function namingsOf ({ history, index }: NamingVersion): Naming[] {
  const version = String(history.versions[index])
  return history.changesOf(version).flatMap((change) => {
    const { operation } = change
    const source = sourceOf(history, change)
    return isNameOperation(operation) ? [{ change, operation, source, misfit: misfitOf(source, version, change) }] : []
  })
}

function checkTargets ({ targets }: Change, operation: Exclude<NameOperation, { kind: 'schema-removed' }>, misfit: (problem: string) => never): void {
  const { kind, from } = operation
  if (kind === 'schema-renamed' && targets.length !== 1) misfit(`renames \`${from}\` to ${targets.length} schemas: name one target, or use \`schemaSplit\``)
  if (kind === 'schema-split' && targets.length < 2) misfit(`splits \`${from}\` into one schema: name at least two targets, or use \`schemaRenamed\``)
  if (kind === 'schema-renamed' && targets.includes(from)) misfit(`renames \`${from}\` to itself: give the \`$id\` of the older versions in \`from\``)
}

function olderName ({ change: { targets: [target, ...others] }, operation, misfit }: Naming): string {
  if (operation.kind !== 'schema-removed') return operation.from
  if (target === undefined || others.length > 0 || isPlace(target)) return misfit('removes one schema: name one target, its `$id` in the older versions')
  return target
}

function takenMessage ({ change: { targets }, operation: { kind } }: Naming, name: string): string {
  const list = targets.map((target) => `\`${target}\``).join(', ')
  if (kind === 'schema-removed') return `removes the schema \`${name}\`, but it is still there: take it out of the app, or leave this change out`
  return `makes ${list} of \`${name}\`, but the name \`${name}\` is taken: another schema has it before the change as well`
}
