import type { JsonSchema } from '../json-schema.js'
import { fieldsOf, sampleOf, withFields } from './fields.js'
import { renameInConditions } from './keyword-names.js'
import type { SchemaOperation, Site } from './operation.js'

/**
 * Renames fields, all at once: a pair may be swapped.
 *
 * @param names old name → new name
 * @example rename({ created: 'created_at' })
 */
export function rename (names: Readonly<Record<string, string>>): SchemaOperation {
  const pairs = Object.entries(names)
  const olderName = new Map(pairs.map(([older, newer]) => [newer, older]))
  const newNames = pairs.map(([, newer]) => newer)
  return {
    kind: 'rename',
    before: {},
    after: {},
    sample: () => sampleOf(Object.fromEntries(newNames.map((name) => [name, {}]))),
    touches: () => newNames,
    undo: (newer, site) => undoRename(newer, site, olderName, pairs.length),
    moves: ({ newer }, direction) => {
      const has = new Set(fieldsOf(newer).map(({ name }) => name))
      const present = pairs.filter(([, name]) => has.has(name))
      return [{ kind: 'rename', pairs: direction === 'upgrade' ? present : present.map(([older, name]) => [name, older] as const) }]
    },
    lacks: () => undefined
  }
}

function undoRename (newer: JsonSchema, site: Site, olderName: ReadonlyMap<string, string>, count: number): JsonSchema {
  const fields = fieldsOf(newer)
  const has = new Set(fields.map(({ name }) => name))
  const clash = [...olderName].find(([name, older]) => name === older)
  if (count === 0 || clash !== undefined) site.misfit('renames nothing: give an old and a different new name')
  if (olderName.size < count) site.misfit('gives two fields the same new name: each new name can come from one field only')
  for (const [name, older] of olderName) {
    if (!has.has(name) && !site.follows) site.misfit(`renames \`${older}\` to \`${name}\`, but there is no field \`${name}\`: correct the name, or the schema`)
    if (has.has(name) && has.has(older) && !olderName.has(older)) site.misfit(`renames \`${older}\` to \`${name}\`, but the name \`${older}\` is taken: it is also there after the change`)
  }
  if (![...olderName.keys()].some((name) => has.has(name))) return newer
  const conditions = renameInConditions(newer, (name) => olderName.get(name) ?? name)
  return withFields(conditions, fields.map((field) => ({ ...field, name: olderName.get(field.name) ?? field.name })))
}
