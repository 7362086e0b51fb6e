import type { JsonSchema } from '../json-schema.js'

/** What the operations on values do to the fields of an object; compiled to property reads and literals, or interpreted. */
export type ValueOperationMove = NestMove | FlattenMove | WrapMove | UnwrapMove | TranslateMove | DefaultMove | CheckMove

/** Fields become the fields of one object below. */
export interface NestMove {
  readonly kind: 'nest'
  readonly into: string
  /** those that the object requires come first */
  readonly fields: readonly NestedField[]
  /** the sender is promised to have all that is needed: nothing is left to test */
  readonly isTotal: boolean
  /** all fields absent become an empty object; without it the object is absent as well */
  readonly emptyWhenAbsent: boolean
  /** all fields null become null */
  readonly passesNull: boolean
  /** some fields are there, `missing` are not, all named as the sender calls them; undefined lets the object be incomplete */
  readonly partial: ((missing: readonly string[], together: readonly string[]) => undefined) | undefined
}

/** One field on its way into an object. */
export interface NestedField {
  readonly from: string
  readonly key: string
  /** the object requires it */
  readonly isRequired: boolean
  /** it may be null in the object */
  readonly isNullable: boolean
}

/** The fields of one object below become fields beside it; null becomes null in each of them. */
export interface FlattenMove {
  readonly kind: 'flatten'
  readonly from: string
  /** `schema` as of the version that is read */
  readonly fields: ReadonlyArray<{ readonly key: string, readonly to: string, readonly schema: JsonSchema }>
}

/** One value becomes a list of one. */
export interface WrapMove {
  readonly kind: 'wrap'
  readonly from: string
  readonly to: string
  /** the value that stands for the empty list; undefined where there is none */
  readonly empty: Scalar | undefined
  /** an absent value becomes an empty list; without it the list is absent as well */
  readonly emptyWhenAbsent: boolean
  /** null becomes null, and not a list with null in it */
  readonly passesNull: boolean
}

/** A list becomes its first value. */
export interface UnwrapMove {
  readonly kind: 'unwrap'
  readonly from: string
  readonly to: string
  /** what becomes of the empty list; undefined leaves the field absent */
  readonly empty: Scalar | undefined
  /** of one item, as of the version that is read */
  readonly items: JsonSchema
}

/** A value, or each value of a list, becomes another by a table; what is not in the table stays. */
export interface TranslateMove {
  readonly kind: 'translate'
  readonly name: string
  readonly table: ReadonlyMap<unknown, unknown>
}

/** An absent field gets a value. */
export interface DefaultMove {
  readonly kind: 'default'
  readonly name: string
  readonly value: unknown
}

/** A value passes, or is refused by an error that names the field as the sender calls it. */
export interface CheckMove {
  readonly kind: 'check'
  readonly name: string
  run (value: unknown, origin: string): void
}

/** What is neither an object nor a list in JSON. */
export type Scalar = string | number | boolean | null

/** @returns a value, or each value of a list, by a table; what is not in the table stays */
export function translate (value: unknown, table: ReadonlyMap<unknown, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => translate(item, table))
  return table.has(value) ? table.get(value) : value
}
