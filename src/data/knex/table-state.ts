import type { ReadMode } from '../phases.js'

/** A column of the new side. */
export interface SpannedColumn {
  readonly name: string
  /** transition that brings it */
  readonly transition: string
  readonly mode: ReadMode
  /** SQL that gives its value in the row that the qualifier names, e.g. `"u"`, whatever the phase */
  read (qualifier: string): string
}

/** A column that a head statement must not name. */
export interface GoneColumn {
  readonly name: string
  readonly transition: string
  readonly kind: 'old' | 'marker'
  readonly mode: ReadMode
  /** the new side of its transition, for the message */
  readonly instead: readonly string[]
}

/** A unique index or constraint, or one that excludes. */
export interface UniqueKey {
  /** undefined for one of the definition that may not be there yet */
  readonly name: string | undefined
  /** those that its elements and its condition name */
  readonly columns: readonly string[]
}

/** What the rewriter knows of a table in transition. */
export interface TableState {
  readonly schema: string
  readonly table: string
  /** whether the bare name means this table, by the search_path */
  readonly visible: boolean
  /** columns as head sees them, in order */
  readonly headColumns: readonly string[]
  readonly spanned: ReadonlyMap<string, SpannedColumn>
  readonly gone: ReadonlyMap<string, GoneColumn>
  readonly uniqueKeys: readonly UniqueKey[]
}

/** A relation that is not in transition, as the catalogue had it. */
export interface OtherRelation {
  readonly schema: string
  readonly table: string
  readonly visible: boolean
  /** its columns that bear the name of a column in transition */
  readonly namesakes: ReadonlySet<string>
}

/** Everything that the meaning of a statement hangs on. */
export interface TableStates {
  readonly tables: readonly TableState[]
  /** other relations; one that is missing is taken as "may have any column" */
  readonly others?: readonly OtherRelation[]
}
