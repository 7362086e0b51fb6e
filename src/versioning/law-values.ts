import { isList, isRecord, type JsonSchema } from './json-schema.js'
import { fieldsOf } from './operations/fields.js'

const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/

/** @returns the value as a handler may return it: instants are Dates */
export function toHandlerValue (value: unknown): unknown {
  if (typeof value === 'string') return instant.test(value) && isInstant(value) ? new Date(value) : value
  if (isList(value)) return value.map(toHandlerValue)
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, below]) => [key, toHandlerValue(below)])) : value
}

function isInstant (text: string): boolean {
  const date = new Date(text)
  return !Number.isNaN(date.getTime()) && date.toISOString() === text
}

/** @returns a copy that has undefined in each field of its schema which is absent */
export function withUndefinedKeys (value: unknown, schema: JsonSchema): unknown {
  if (!isRecord(value)) return value
  const names = fieldsOf(schema).map(({ name }) => name)
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...value }
}

/** @returns where an object has a key with the value undefined: `user.name`; undefined when there is none */
export function pathOfUndefined (value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, below] of Object.entries(value)) {
    const path = below === undefined ? '' : pathOfUndefined(below)
    if (path !== undefined) return path === '' ? key : `${key}.${path}`
  }
  return undefined
}
