import { isList, isRecord } from '../versioning/json-schema.js'

/** The fields that a value has, at any depth; null for what has none. */
export type NotedFields = ReadonlyMap<string, NotedFields> | null

/** Notes which fields a value has. */
export function noteFields (value: unknown): NotedFields {
  if (!isRecord(value) && !isList(value)) return null
  return new Map(Object.entries(value).map(([name, below]) => [name, noteFields(below)]))
}

/** Takes out of a value the fields that it had not: head's validator fills in head's defaults, which are not meant for older clients. */
export function removeOthers (value: unknown, noted: NotedFields): void {
  if (noted === null || typeof value !== 'object' || value === null) return
  for (const [name, below] of Object.entries(value)) {
    const known = noted.get(name)
    if (known === undefined) Reflect.deleteProperty(value, name)
    else removeOthers(below, known)
  }
}
