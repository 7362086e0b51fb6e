import { branchesOf, propertiesOf, refOf, roomOf, subschemasOf, type JsonSchema } from './json-schema.js'

/** Where a schema holds others: what a value goes through on its way between versions. */
export interface Sites {
  /** units that stand below; `room`: how many the array around may hold, undefined where the schema is nothing but the reference */
  readonly refs: ReadonlyArray<{ readonly key: string, readonly room: number | undefined }>
  readonly unions: ReadonlyArray<readonly JsonSchema[]>
  /** objects that are unions as well, some of whose fields a union brings */
  readonly mixed: readonly JsonSchema[]
  /** schemas under keywords through which a value cannot be followed */
  readonly blocked: ReadonlyArray<{ readonly keyword: string, readonly schema: JsonSchema }>
}

/** @returns a function that finds the sites of a schema in one walk, and keeps them */
export function createSiteFinder (): (schema: JsonSchema) => Sites {
  const known = new WeakMap<JsonSchema, Sites>()
  return (schema) => {
    const found = known.get(schema)
    if (found !== undefined) return found
    const made = findSites(schema)
    known.set(schema, made)
    return made
  }
}

function findSites (root: JsonSchema): Sites {
  const refs: Array<{ key: string, room: number | undefined }> = []
  const unions: Array<readonly JsonSchema[]> = []
  const mixed: JsonSchema[] = []
  const blocked: Array<{ keyword: string, schema: JsonSchema }> = []
  const visit = (schema: JsonSchema, room: number | undefined) => {
    const key = refOf(schema)
    if (key !== undefined) {
      refs.push({ key, room })
      return
    }
    const branches = branchesOf(schema)
    if (branches !== undefined) unions.push(branches)
    if (branches !== undefined && Object.keys(propertiesOf(schema)).length > 0) mixed.push(schema)
    for (const { keyword, schema: below, convertible } of subschemasOf(schema)) {
      if (!convertible || keyword === 'allOf') blocked.push({ keyword, schema: below })
      else visit(below, keyword === 'items' ? roomOf(schema) : branches?.includes(below) === true ? room : 0)
    }
  }
  visit(root, undefined)
  return { refs, unions, mixed, blocked }
}
