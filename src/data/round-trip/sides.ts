import { castTo } from '../dual-writer/sides.js'
import { quote } from '../names.js'
import type { TransitionDefinition } from '../transition.js'
import type { ValueType } from './value-types.js'

/** A column of either side, whether or not there is a table. */
export interface TripColumn {
  readonly plain: string
  /** quoted */
  readonly name: string
  /** as it was given */
  readonly type: string
  readonly valueType: ValueType
  /** SQL that yields it from the columns of the other side */
  readonly value: string
}

export interface TripSide {
  readonly columns: readonly TripColumn[]
  /** conditions on these columns which hold for every row that there can be */
  readonly conditions: readonly string[]
}

/** Both sides of a transition, as values go through them. */
export interface TripSides {
  readonly old: TripSide
  readonly new: TripSide
}

/** A type as Postgres takes it, and the one to which an expression is cast, which has no length. */
export interface ColumnType { readonly type: string, readonly cast: string }

/** What is known of a side's columns and of what the table keeps out of them. */
export interface KnownSide {
  readonly types: ReadonlyMap<string, ColumnType>
  readonly conditions: readonly string[]
}

/** @throws TypeError for a type that Postgres does not know */
export function sideOf (expressions: Readonly<Record<string, string>>, { types, conditions }: KnownSide, valueTypes: ReadonlyMap<string, ValueType>): TripSide {
  const columns = [...types].map(([plain, { type, cast }]) => {
    const valueType = valueTypes.get(type)
    if (valueType === undefined) throw new TypeError(`type "${type}" does not exist`)
    return { plain, name: quote(plain), type, valueType, value: castTo(String(expressions[plain]), cast) }
  })
  return { columns, conditions }
}

/** What the definition itself keeps out of the new side. */
export function newConditionsOf ({ notNull = [], checks = {} }: TransitionDefinition): string[] {
  return [...notNull.map((column) => `${quote(column)} is not null`), ...Object.values(checks).map(passes)]
}

/** A CHECK lets pass what is not false. The line break ends a comment with which the condition may end. */
export function passes (condition: string): string {
  return `(${condition}\n) is not false`
}

/** Texts and numbers that the expressions name. */
export function literalsOf ({ old: oldSide, new: newSide }: TripSides): string[] {
  const sql = [oldSide, newSide].flatMap(({ columns, conditions }) => [...columns.map(({ value }) => value), ...conditions]).join('\n')
  const found = [...sql.matchAll(/'((?:[^']|'')*)'|\b\d+(?:\.\d+)?\b/g)].map(([whole, text]) => text === undefined ? whole : text.replaceAll("''", "'"))
  return [...new Set(found)].slice(0, MAX_LITERALS)
}

const MAX_LITERALS = 20
