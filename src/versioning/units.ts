import type { HeadContract } from './contracts.js'
import { collectNamed, renameIds, resolvePointer, type NamedSchemas } from './named-schemas.js'
import { fieldNamesIn } from './field-names.js'
import { idOf, mapSubschemas, refOf, type JsonSchema } from './json-schema.js'
import type { Lineage } from './variant.js'

/**
 * A schema that is converted by a function of its own: one with an `$id`, the root of a place, or the target of a
 * JSON pointer. Nested schemas with an `$id` are cut out, so that each thing is described, and changed, once.
 */
export interface Unit {
  /** `$id`, place, or `$id` with pointer */
  readonly key: string
  /** as of head; every `$ref` in it is the key of a unit */
  readonly schema: JsonSchema
  /** units whose changes apply to this one as far as it has the fields */
  readonly bases: readonly string[]
  readonly lineage?: Lineage | undefined
  /** holds an intersection that has been merged into one object */
  readonly isMerged?: boolean
}

/** All units of a contract. */
export interface Units {
  readonly all: Map<string, Unit>
  /** `$id`s that stand for two different schemas */
  readonly conflicts: ReadonlySet<string>
  /**
   * Cuts a fragment of a version file into units, binding its references.
   * @param keyOf the key of the schema that a name stands for in the version of the fragment
   */
  flattenFragment (fragment: JsonSchema, name: string, keyOf: KeyOf): JsonSchema
}

/** @returns the key of the unit that a name stands for; undefined for an unknown name */
export type KeyOf = (name: string) => string | undefined

interface Root { readonly key: string, readonly schema: JsonSchema }

/** Cuts the schemas of head into units. */
export function collectUnits (head: HeadContract): Units {
  const all = new Map<string, Unit>()
  const named = collectNamed([...head.schemas.values(), ...head.places.values()])
  const cut = cutter(all, named.byId, named.lineages, (name) => name)
  for (const id of named.byId.keys()) cut.named(id)
  for (const [place, schema] of head.places) all.set(place, { key: place, schema: cut.flatten(schema, { key: place, schema }, false), bases: [] })
  function flattenFragment (fragment: JsonSchema, name: string, keyOf: KeyOf): JsonSchema {
    // two files may hold different schemas of one name, neither of which is head's
    const schema = renameIds(fragment, `in ${name}`)
    const own = collectNamed([schema])
    const byId = own.byId.size === 0 ? named.byId : new Map([...named.byId, ...own.byId])
    // a name that stands for nothing has been refused
    const cutOwn = cutter(all, byId, own.lineages, (id) => own.byId.has(id) ? id : String(keyOf(id)))
    for (const id of own.byId.keys()) cutOwn.named(id)
    return cutOwn.flatten(schema, { key: name, schema }, false)
  }
  return { all, conflicts: named.conflicts, flattenFragment }
}

function cutter (all: Map<string, Unit>, byId: NamedSchemas['byId'], lineages: NamedSchemas['lineages'], keyOf: (name: string) => string) {
  function addNamed (id: string): void {
    const schema = byId.get(id)
    if (schema === undefined || all.has(id)) return
    const lineage = lineages.get(id)
    const baseId = lineage === undefined ? undefined : idOf(lineage.base)
    // a placeholder ends the recursion of schemas that hold themselves
    all.set(id, { key: id, schema, bases: [] })
    all.set(id, { key: id, schema: flatten(schema, { key: id, schema }, true), bases: baseId === undefined ? [] : [baseId], lineage })
  }

  function addPointer (root: Root, pointer: string): string | undefined {
    const key = `${root.key}#${pointer}`
    const schema = resolvePointer(root.schema, pointer)
    if (schema === undefined || all.has(key)) return schema === undefined ? undefined : key
    const id = idOf(schema)
    if (id !== undefined && byId.has(id)) return id
    all.set(key, { key, schema, bases: [] })
    all.set(key, { key, schema: flatten(schema, root, true), bases: [] })
    return key
  }

  function bind (ref: string, root: Root): string | undefined {
    const hash = ref.indexOf('#')
    const id = hash === -1 ? ref : ref.slice(0, hash)
    const pointer = hash === -1 ? '' : ref.slice(hash + 1)
    const key = id === '' ? root.key : keyOf(id)
    const schema = id === '' ? root.schema : byId.get(key) ?? all.get(key)?.schema
    if (schema === undefined) return undefined
    return pointer === '' ? key : addPointer({ key, schema }, pointer)
  }

  function flatten (schema: JsonSchema, root: Root, isRoot: boolean): JsonSchema {
    const id = idOf(schema)
    if (id !== undefined && !isRoot) {
      addNamed(id)
      // validators look for the default of a field beside its reference, not behind it
      return schema.default === undefined ? { $ref: id } : { $ref: id, default: schema.default }
    }
    const names = fieldNamesIn(schema)
    if (names !== undefined && !isRoot) {
      const { default: initial, ...unit } = schema
      const key = `${JSON.stringify(unit)} in fieldNames`
      all.set(key, { key, schema: unit, bases: [] })
      return initial === undefined ? { $ref: key } : { $ref: key, default: initial }
    }
    const { $id: _, ...copy } = mapSubschemas(schema, (below) => flatten(below, root, false))
    const ref = refOf(schema)
    // a reference to what nobody has registered is left to the compilers, which say so
    return ref === undefined ? copy : { ...copy, $ref: bind(ref, root) ?? ref }
  }

  return { named: addNamed, flatten }
}
