import { idOf, isRecord, isSchemaMap, mapSubschemas, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import { refsIn } from './reach.js'
import { lineageOf, type Lineage } from './variant.js'

/** Every schema with an `$id` that can be found in a contract. */
export interface NamedSchemas {
  readonly byId: ReadonlyMap<string, JsonSchema>
  readonly lineages: ReadonlyMap<string, Lineage>
  /** `$id`s that stand for two different schemas */
  readonly conflicts: ReadonlySet<string>
}

/** Walks schemas, their definitions and the bases of their variants. */
export function collectNamed (roots: readonly JsonSchema[]): NamedSchemas {
  const byId = new Map<string, JsonSchema>()
  const lineages = new Map<string, Lineage>()
  const conflicts = new Set<string>()
  const seen = new Set<JsonSchema>()

  function visit (schema: JsonSchema): void {
    if (seen.has(schema)) return
    seen.add(schema)
    const id = idOf(schema)
    if (id !== undefined) record(id, schema)
    for (const { schema: below } of subschemasOf(schema)) visit(below)
    for (const definitions of [schema.$defs, schema.definitions]) {
      if (isRecord(definitions)) for (const below of Object.values(definitions)) if (isRecord(below)) visit(below)
    }
  }

  function record (id: string, schema: JsonSchema): void {
    const known = byId.get(id)
    if (known === undefined) byId.set(id, schema)
    else if (contentOf(known) !== contentOf(schema)) conflicts.add(id)
    const lineage = lineageOf(schema)
    if (lineage === undefined || lineages.has(id)) return
    lineages.set(id, lineage)
    visit(lineage.base)
  }

  for (const root of roots) visit(root)
  return { byId, lineages, conflicts }
}

/** @returns what a JSON pointer (`/definitions/a`) names, if it is a schema */
export function resolvePointer (root: JsonSchema, pointer: string): JsonSchema | undefined {
  let value: unknown = root
  for (const part of pointer.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    value = Object(value)[key]
  }
  return isRecord(value) ? value : undefined
}

/** @returns the `$id`s that a schema refers to without holding them itself */
export function foreignRefsIn (schema: JsonSchema): ReadonlySet<string> {
  const { byId } = collectNamed([schema])
  const names = [...refsIn(schema)].map((ref) => ref.replace(/#.*$/, ''))
  return new Set(names.filter((name) => name !== '' && !byId.has(name)))
}

/** @returns the schema with its own `$id`s, and what refers to them, named apart from all others */
export function renameIds (schema: JsonSchema, suffix: string): JsonSchema {
  const { byId } = collectNamed([schema])
  if (byId.size === 0) return schema
  const rename = (below: JsonSchema): JsonSchema => {
    const [id, ref] = [idOf(below), refOf(below)]
    return {
      ...mapSubschemas(below, rename),
      // the definitions of a TypeBox module
      ...(isSchemaMap(below.$defs) ? { $defs: Object.fromEntries(Object.entries(below.$defs).map(([name, one]) => [name, rename(one)])) } : {}),
      ...(id === undefined ? {} : { $id: `${id} ${suffix}` }),
      ...(ref !== undefined && byId.has(ref) ? { $ref: `${ref} ${suffix}` } : {})
    }
  }
  return rename(schema)
}

const annotations = ['title', 'description', 'examples', 'default', '$comment']

/** Content of a schema without its annotations, for comparing two that have one `$id`. */
function contentOf (schema: JsonSchema): string {
  return JSON.stringify(Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.includes(keyword)).sort()))
}
