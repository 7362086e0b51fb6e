import type { Change } from '../versioning/change.js'
import { sourceOf, type VersionHistory } from '../versioning/history.js'
import { isList, isRecord, type JsonSchema } from '../versioning/json-schema.js'
import { misfitOf } from '../versioning/misfit.js'
import { isSchemaOperation } from '../versioning/operations/operation.js'

/** Writes the names of a `headers` schema in lower case, as Fastify does for head: Node knows headers by no other name. */
export function lowerCaseHeaders (schema: JsonSchema): JsonSchema {
  const { properties, required } = schema
  return {
    ...schema,
    ...(isRecord(properties) ? { properties: Object.fromEntries(Object.entries(properties).map(([name, below]) => [name.toLowerCase(), below])) } : {}),
    ...(isList(required) ? { required: required.map((name) => String(name).toLowerCase()) } : {})
  }
}

/**
 * Checks that changes of `… headers` places write names as Node has them.
 * @throws FST_ERR_VINTAGE_MISFIT for a name with a capital
 */
export function checkHeaderNames (history: VersionHistory): void {
  for (const version of history.versions) {
    for (const change of history.changesOf(version)) {
      if (!change.targets.some((target) => target.endsWith(' headers'))) continue
      const name = namesIn(change, version).find((name) => name !== name.toLowerCase())
      if (name !== undefined) misfitOf(sourceOf(history, change), version, change)(`the name of a header is written in lower case: make \`${name}\` \`${name.toLowerCase()}\``)
    }
  }
}

/** All field names that a change writes down, those of both its sides. */
function namesIn (change: Change, version: string): readonly string[] {
  const { operation } = change
  if (!isSchemaOperation(operation)) return []
  const newer = operation.sample()
  const written = [...operation.touches(), ...Object.keys(operation.before), ...Object.keys(operation.after)]
  if (operation.kind !== 'rename') return written
  // a rename keeps its older names to itself, and tells them as moves
  const moves = operation.moves({ change, operation, source: '', version, index: 0, follows: false, older: newer, newer, resolve: structuredClone }, 'upgrade', 'value')
  return [...moves.filter((move) => move.kind === 'rename').flatMap(({ pairs }) => pairs.flat()), ...written]
}
