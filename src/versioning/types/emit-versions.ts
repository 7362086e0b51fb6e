import { mapSubschemas, refOf, type JsonSchema } from '../json-schema.js'
import type { VersionContract } from '../lock/describe-version.js'
import { emitType, keyOf, quote } from './emit-type.js'

const introduction = `// Written by \`vintage types\` from the derived contracts; edits are lost.

/** The shapes of every version by \`$id\` and by place: \`Versions['2024-01-01']['User']\`. */`

/**
 * Writes the shapes of all versions as one file of TypeScript declarations. A version declares what differs from the one
 * before it, so that a new version adds lines and changes none.
 */
export function emitVersions (contracts: ReadonlyMap<string, VersionContract>): string {
  const all = [...contracts.keys()].map((version) => `  '${version}': ${interfaceOf(version)}\n`).join('')
  let before = new Map<string, JsonSchema>()
  let previous: string | undefined
  const interfaces = [...contracts].map(([version, { schemas, places }]) => {
    const shapes = new Map([...schemas, ...places])
    const text = emitVersion(version, shapes, before, previous)
    before = shapes
    previous = version
    return text
  })
  return `${introduction}\nexport interface Versions {\n${all}}\n\n${interfaces.join('\n')}`
}

function interfaceOf (version: string): string {
  return `V${version.replaceAll('-', '_')}`
}

function emitVersion (version: string, shapes: ReadonlyMap<string, JsonSchema>, before: ReadonlyMap<string, JsonSchema>, previous: string | undefined): string {
  const changed = changedShapes(shapes, before)
  const gone = [...before.keys()].filter((name) => !shapes.has(name))
  const replaced = [...before.keys()].filter((name) => changed.has(name) || gone.includes(name))
  const base = previous === undefined ? '' : ` extends ${replaced.length === 0 ? interfaceOf(previous) : `Omit<${interfaceOf(previous)}, ${replaced.map(quote).join(' | ')}>`}`
  const name = interfaceOf(version)
  const lines = [...shapes].filter(([shape]) => changed.has(shape)).map(([shape, schema]) => `  ${keyOf(shape)}: ${emitType(schema, (ref) => shapes.has(ref) ? `${name}[${quote(ref)}]` : 'unknown', '  ')}\n`)
  return `export interface ${name}${base} {\n${lines.join('')}}\n`
}

/** What is not as it was in the version before, by itself or by what it refers to. */
function changedShapes (shapes: ReadonlyMap<string, JsonSchema>, before: ReadonlyMap<string, JsonSchema>): ReadonlySet<string> {
  const changed = new Set([...shapes].filter(([name, schema]) => JSON.stringify(before.get(name)) !== JSON.stringify(schema)).map(([name]) => name))
  const refs = new Map([...shapes].map(([name, schema]) => [name, refsBelow(schema)]))
  let size = -1
  while (size < changed.size) {
    size = changed.size
    for (const [name, below] of refs) if ([...below].some((ref) => changed.has(ref))) changed.add(name)
  }
  return changed
}

function refsBelow (schema: JsonSchema, found = new Set<string>()): ReadonlySet<string> {
  const ref = refOf(schema)
  if (ref !== undefined) found.add(ref)
  mapSubschemas(schema, (below) => {
    refsBelow(below, found)
    return below
  })
  return found
}
