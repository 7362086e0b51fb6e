import { branchesOf, isList, isRecord, literalsOf, type JsonSchema } from '../json-schema.js'
import { fieldsOf, withFields } from './fields.js'
import { valuesInConditions } from './keyword-names.js'
import type { Site } from './operation.js'

/** How the values of an enum were called before. */
export interface EnumHistory {
  /** newer value → older value; what is not in it stays */
  readonly older: ReadonlyMap<unknown, unknown>
  /** @returns whether an enum of the newer version is one that the change is about */
  fits (literals: readonly unknown[]): boolean
}

/** @returns the schema with the values of its enum as they were: the enum itself, lists of it and unions with it; undefined when it holds no such enum */
export function undoValues (schema: JsonSchema, site: Pick<Site, 'resolve'>, history: EnumHistory): JsonSchema | undefined {
  const target = site.resolve(schema)
  const literals = literalsOf(target)
  if (literals !== undefined) return history.fits(literals) ? undoLiterals(target, literals, history) : undefined
  if (target.type === 'array' && isRecord(target.items)) {
    const items = undoValues(target.items, site, history)
    return items === undefined ? undefined : { ...target, items, ...isList(target.default) ? { default: undoList(target.default, history) } : {} }
  }
  const branches = branchesOf(target)?.map((branch) => ({ branch, undone: undoValues(branch, site, history) })) ?? []
  if (branches.every(({ undone }) => undone === undefined)) return undefined
  const union = branches.map(({ branch, undone }) => undone ?? branch)
  return { ...target, ...undoDefault(target, history), [target.oneOf === undefined ? 'anyOf' : 'oneOf']: union }
}

/** @returns a list of values as they were, each once */
export function undoList (values: readonly unknown[], { older }: EnumHistory): readonly unknown[] {
  return [...new Set(values.map((value) => older.has(value) ? older.get(value) : value))]
}

/**
 * Undoes the values of one field of an object.
 *
 * @param verb what the change does to the field: `splits a value of`
 * @param needs what its values must be: `needs [a, b] among the values of`
 */
export function undoFieldValues (newer: JsonSchema, field: string, site: Site, history: EnumHistory, { verb, needs }: { readonly verb: string, readonly needs: (what: string) => string }): JsonSchema {
  const found = fieldsOf(newer).find(({ name }) => name === field)
  if (found === undefined) return site.follows ? newer : site.misfit(`${verb} \`${field}\`, but there is no such field: correct the name, or the schema`)
  if (valuesInConditions(newer, field)) site.misfit(`${verb} \`${field}\`, of whose values a condition of the schema (\`anyOf\`, \`if\`, \`dependentSchemas\`, …) says something, and the old values cannot take their place there: leave the condition to the handler`)
  const schema = undoValues(found.schema, site, history) ?? site.misfit(`${needs(`the values of \`${field}\``)}: correct the values, or the schema`)
  return withFields(newer, fieldsOf(newer).map((other) => other.name === field ? { ...other, schema } : other))
}

function undoLiterals (schema: JsonSchema, literals: readonly unknown[], history: EnumHistory): JsonSchema {
  const values = undoList(literals, history)
  const { anyOf, oneOf, const: _, enum: __, type, default: ___, ...rest } = schema
  const withType = values.every((one) => typeof one === 'string') ? { type: 'string' } : {}
  return { ...rest, ...withType, ...undoDefault(schema, history), enum: values }
}

function undoDefault ({ default: initial }: JsonSchema, { older }: EnumHistory): JsonSchema {
  return initial === undefined ? {} : { default: older.has(initial) ? older.get(initial) : initial }
}
