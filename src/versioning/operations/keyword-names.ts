import { isList, isRecord, requiredOf, type JsonSchema } from '../json-schema.js'

const branches = ['anyOf', 'oneOf', 'allOf', 'if', 'then', 'else', 'not']

/**
 * Renames fields where conditions of an object schema name them: `required` and `properties` below `anyOf`, `if`, `not`
 * and their like, `dependentRequired` and `dependentSchemas`.
 *
 * @returns the schema with those keywords renamed; its own `required` and `properties` are left alone
 */
export function renameInConditions (schema: JsonSchema, nameOf: (name: string) => string): JsonSchema {
  const renamed: Record<string, unknown> = { ...schema }
  for (const keyword of branches) {
    const value = schema[keyword]
    if (isList(value)) renamed[keyword] = value.map((below) => renameBranch(below, nameOf))
    else if (isRecord(value)) renamed[keyword] = renameBranch(value, nameOf)
  }
  const { dependentRequired, dependentSchemas } = schema
  if (isRecord(dependentRequired)) renamed.dependentRequired = renameKeys(dependentRequired, nameOf, (names) => renameList(names, nameOf))
  if (isRecord(dependentSchemas)) renamed.dependentSchemas = renameKeys(dependentSchemas, nameOf, (below) => renameBranch(below, nameOf))
  return renamed
}

/** @returns the first of these names that a condition of the schema mentions */
export function nameInConditions (schema: JsonSchema, names: readonly string[]): string | undefined {
  let found: string | undefined
  renameInConditions(schema, (name) => {
    if (names.includes(name)) found ??= name
    return name
  })
  return found
}

/** @returns whether a condition of the schema says something of the values of a field */
export function valuesInConditions (schema: JsonSchema, field: string): boolean {
  const says = (value: unknown): boolean => isList(value)
    ? value.some(says)
    : isRecord(value) && ((isRecord(value.properties) && Object.hasOwn(value.properties, field)) || Object.values(value).some(says))
  return [...branches, 'dependentSchemas'].some((keyword) => says(schema[keyword]))
}

function renameBranch (branch: unknown, nameOf: (name: string) => string): unknown {
  if (!isRecord(branch)) return branch
  const renamed = { ...renameInConditions(branch, nameOf) }
  if (branch.required !== undefined) renamed.required = renameList(branch.required, nameOf)
  if (isRecord(branch.properties)) renamed.properties = renameKeys(branch.properties, nameOf, (below) => below)
  return renamed
}

function renameKeys (map: Readonly<Record<string, unknown>>, nameOf: (name: string) => string, each: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [nameOf(name), each(value)]))
}

function renameList (names: unknown, nameOf: (name: string) => string): string[] {
  return [...requiredOf({ required: names })].map(nameOf)
}
