import { isList, isRecord, isObjectSchema, refOf, requiredOf, type JsonSchema } from '../json-schema.js'
import { fieldsOf } from '../operations/fields.js'

/**
 * Writes the TypeScript type of the values that a canonical schema admits.
 *
 * @param nameOf the type that stands for a reference
 */
export function emitType (schema: JsonSchema, nameOf: (ref: string) => string, indent = ''): string {
  const ref = refOf(schema)
  if (ref !== undefined) return nameOf(ref)
  const emit = (below: unknown) => emitType(isRecord(below) ? below : {}, nameOf, indent)
  if (isList(schema.enum)) return schema.enum.map((value) => typeof value === 'string' ? quote(value) : JSON.stringify(value)).join(' | ')
  const branches = schema.anyOf ?? schema.oneOf
  const parts = [
    ...(isList(branches) ? [joinTypes(branches.map(emit), ' | ')] : []),
    ...(isList(schema.allOf) ? schema.allOf.map(emit) : []),
    ...plainTypes(schema, emit, nameOf, indent)
  ]
  return parts.length === 0 ? 'unknown' : joinTypes(parts.filter((part) => part !== 'unknown'), ' & ')
}

function joinTypes (types: readonly string[], operator: ' | ' | ' & '): string {
  const different = [...new Set(types)]
  if (different.length === 0 || (operator === ' | ' && different.includes('unknown'))) return 'unknown'
  return different.length === 1 ? String(different[0]) : `(${different.join(operator)})`
}

function plainTypes (schema: JsonSchema, emit: (below: unknown) => string, nameOf: (ref: string) => string, indent: string): string[] {
  if (schema.type === undefined && !isObjectSchema(schema)) return []
  const types = isList(schema.type) ? schema.type : [schema.type ?? 'object']
  return [joinTypes(types.map((type) => {
    switch (type) {
      case 'string':
      case 'boolean':
      case 'null': return type
      case 'integer':
      case 'number': return 'number'
      case 'array': return emitArray(schema, emit)
      case 'object': return emitObject(schema, emit, nameOf, indent)
      default: return 'unknown'
    }
  }), ' | ')]
}

function emitArray ({ items, prefixItems, additionalItems }: JsonSchema, emit: (below: unknown) => string): string {
  const first = isList(prefixItems) ? prefixItems : isList(items) ? items : []
  const rest = isList(items) ? additionalItems : items
  if (first.length === 0) return `Array<${emit(rest)}>`
  const spread = rest === false ? [] : [`...Array<${emit(rest)}>`]
  return `[${[...first.map(emit), ...spread].join(', ')}]`
}

function emitObject (schema: JsonSchema, emit: (below: unknown) => string, nameOf: (ref: string) => string, indent: string): string {
  const { additionalProperties, patternProperties } = schema
  const fields = fieldsOf(schema)
  const others = [...Object.values(isRecord(patternProperties) ? patternProperties : {}), ...(isRecord(additionalProperties) ? [additionalProperties] : [])]
  // a key without a name may not contradict those with one, which TypeScript cannot say
  if (fields.length === 0) return additionalProperties === false && others.length === 0 ? 'Record<string, never>' : `Record<string, ${others.length === 0 ? 'unknown' : joinTypes(others.map(emit), ' | ')}>`
  const required = requiredOf(schema)
  const inner = `${indent}  `
  const lines = fields.map(({ name, schema: below }) => `${inner}${keyOf(name)}${required.has(name) ? '' : '?'}: ${emitType(below, nameOf, inner)}`)
  return `{\n${[...lines, ...(others.length === 0 ? [] : [`${inner}[key: string]: unknown`])].join('\n')}\n${indent}}`
}

/** @returns the name of a property as TypeScript takes it */
export function keyOf (name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

/** @returns a text as a literal of TypeScript */
export function quote (text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
