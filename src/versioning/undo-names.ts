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

interface Naming {
  readonly change: Change
  readonly operation: NameOperation
  readonly source: string
  readonly misfit: (problem: string) => never
}

/**
 * Undoes what one version did to names, all of it at once, so that two names may be swapped.
 *
 * @param removed takes up the schemas that the version removed
 * @returns the names of the version before; the very same where nothing happened to them
 * @throws FST_ERR_VINTAGE_MISFIT for names that are unknown or taken
 */
export function undoNames (history: VersionHistory, index: number, newer: Names, isTaken: (key: string) => boolean, removed: RemovedSchema[]): Names {
  const namings = namingsOf(history, index)
  if (namings.length === 0) return newer
  const older = new Map(newer)
  for (const { change, operation, misfit } of namings) {
    if (operation.kind === 'schema-removed') continue
    checkTargets(change, operation, newer, misfit)
    for (const target of change.targets) older.delete(target)
  }
  for (const naming of namings) {
    const { change: { targets }, operation, misfit } = naming
    const name = operation.kind === 'schema-removed' ? targetOf(naming) : operation.from
    if (older.has(name)) misfit(takenMessage(operation, name, targets))
    if (operation.kind !== 'schema-removed') older.set(name, targets.flatMap((target) => newer.get(target) ?? []))
    else {
      const key = isTaken(name) ? `${name} until ${history.versions[index]}` : name
      removed.push({ key, schema: operation.schema, source: naming.source, lastIndex: index - 1, misfit })
      older.set(name, [key])
    }
  }
  return older
}

function namingsOf (history: VersionHistory, index: number): Naming[] {
  const version = String(history.versions[index])
  return history.changesOf(version).flatMap((change) => {
    const { operation } = change
    const source = sourceOf(history, change)
    return isNameOperation(operation) ? [{ change, operation, source, misfit: misfitOf(source, version, change) }] : []
  })
}

function checkTargets ({ targets }: Change, operation: Exclude<NameOperation, { kind: 'schema-removed' }>, newer: Names, misfit: (problem: string) => never): void {
  const { kind, from } = operation
  if (kind === 'schema-renamed' && targets.length !== 1) misfit(`renames \`${from}\` to ${targets.length} schemas: name one target, or use \`schemaSplit\``)
  if (kind === 'schema-split' && targets.length < 2) misfit(`splits \`${from}\` into one schema: name at least two targets, or use \`schemaRenamed\``)
  if (kind === 'schema-renamed' && targets.includes(from)) misfit(`renames \`${from}\` to itself: give the \`$id\` of the older versions in \`from\``)
  const unknown = targets.find((target) => !newer.has(target))
  if (unknown !== undefined) misfit(`there is no schema \`${unknown}\` at this version: correct the \`$id\`, or give the schema of the route that \`$id\``)
}

function targetOf ({ change: { targets: [target, ...others] }, misfit }: Naming): string {
  return target === undefined || others.length > 0 ? misfit('removes one schema at a time: name one target, its `$id` in the older versions') : target
}

function takenMessage ({ kind }: NameOperation, name: string, targets: readonly string[]): string {
  const list = targets.map((target) => `\`${target}\``).join(', ')
  if (kind === 'schema-removed') return `removes the schema \`${name}\`, but it is still there: take it out of the app, or leave this change out`
  return `makes ${list} of the schema \`${name}\`, but the name \`${name}\` is taken: another schema still has it after the change`
}
