import type { JsonSchema } from './json-schema.js'

/** What is known of a field while the function is being written. */
export interface Slot {
  /** source of its value */
  readonly expression: string
  /** its schema, as of version `at` */
  readonly schema: JsonSchema
  /** the version index that its value is of */
  readonly at: number
  /** what the sender calls it, for error messages */
  readonly origin: string
}

/** @returns the slot of a name, which is free then; a field that is not there reads as undefined */
export function takeSlot (fields: Map<string, Slot>, name: string): Slot {
  const slot = fields.get(name)
  fields.delete(name)
  return slot ?? { expression: 'undefined', schema: {}, at: 0, origin: name }
}
