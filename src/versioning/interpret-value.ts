import { isList } from './json-schema.js'
import type { JsonSchema } from './json-schema.js'
import { translate, type FlattenMove, type NestMove, type ValueOperationMove } from './operations/value-moves.js'

/** A field that is taken out of the value being interpreted; its schema where it is still of the version that is read. */
export interface Taken {
  readonly value: unknown
  readonly schema: JsonSchema | undefined
}

/** The fields of the value being interpreted. */
export interface InterpretedFields {
  readonly upgrades: boolean
  take (name: string): Taken
  /** puts a field in; with a schema it is converted at the end */
  put (name: string, value: unknown, schema?: JsonSchema): void
  /** @returns the value as of the version that is written */
  convert (taken: Taken): unknown
  /** @returns a field of an object; those that every object inherits only where they are its own */
  read (value: object, name: string): unknown
}

/** Does what the compiled form of an operation on values does, in the plain way. */
export function interpretValueMove (move: ValueOperationMove, fields: InterpretedFields): void {
  switch (move.kind) {
    case 'nest': return fields.put(move.into, nestedOf(move, fields))
    case 'flatten': return flatten(move, fields)
    case 'wrap': {
      const value = fields.convert(fields.take(move.from))
      const isEmpty = move.empty !== undefined && value === move.empty
      if (value === undefined) return fields.put(move.to, move.emptyWhenAbsent ? [] : undefined)
      return fields.put(move.to, isEmpty ? [] : value === null && move.passesNull ? null : [value])
    }
    case 'unwrap': {
      const { value, schema } = fields.take(move.from)
      const [first] = isList(value) ? value.length === 0 ? [move.empty] : value : [value]
      return fields.put(move.to, first, schema === undefined ? undefined : move.items)
    }
    case 'translate': return fields.put(move.name, translate(fields.take(move.name).value, move.table))
    case 'default': {
      const value = fields.convert(fields.take(move.name))
      return fields.put(move.name, value === undefined ? structuredClone(move.value) : value)
    }
    case 'check': {
      const value = fields.convert(fields.take(move.name))
      if (value !== undefined) move.run(value, move.name)
      fields.put(move.name, value)
    }
  }
}

function nestedOf (move: NestMove, fields: InterpretedFields): unknown {
  const parts = move.fields.map((field) => ({ ...field, value: fields.convert(fields.take(field.from)) }))
  const object = (entries: typeof parts) => Object.fromEntries(entries.map(({ key, value }) => [key, value]).filter(([, value]) => value !== undefined))
  if (move.isTotal) return object(parts)
  if (parts.every(({ value }) => value === undefined)) return move.emptyWhenAbsent ? {} : undefined
  if (move.passesNull && parts.every(({ value, isRequired }) => value === null || (value === undefined && !isRequired))) return null
  const isMissing = ({ value, isNullable }: typeof parts[number]) => value === undefined || (value === null && !isNullable)
  const missing = parts.filter((part) => part.isRequired && isMissing(part))
  if (missing.length > 0) move.partial?.(missing.map(({ from }) => from), move.fields.map(({ from }) => from))
  return object(fields.upgrades ? parts.filter((part) => part.isRequired || !isMissing(part)) : parts)
}

function flatten (move: FlattenMove, fields: InterpretedFields): void {
  const { value: given, schema } = fields.take(move.from)
  const value: unknown = !fields.upgrades && typeof given === 'object' && given !== null && 'toJSON' in given && typeof given.toJSON === 'function' ? given.toJSON() : given
  for (const { key, to, schema: below } of move.fields) {
    const read = typeof value === 'object' && value !== null ? fields.read(value, key) : value === null ? null : undefined
    fields.put(to, read, schema === undefined ? undefined : below)
  }
}
