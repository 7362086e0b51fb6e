import type { Node } from 'libpg-query'
import { excerpt } from './excerpt.js'
import type { OutputColumns, Relation, Scope } from './scope.js'
import type { SourceText } from './source-text.js'
import type { TableStates } from './table-state.js'

/** One statement on its way; the visitors call each other through it. */
export interface Rewriting {
  readonly text: SourceText
  readonly states: TableStates
  /** @returns its columns; none when it gives no rows */
  visitStatement (statement: Node, parent: Scope | undefined): OutputColumns
  /** Any part of a parse tree in which names are resolved as in an expression. */
  visitExpression (part: unknown, scope: Scope): void
}

/** What `*` stands for: a whole relation, a column, or a column merged by USING. */
export type StarItem =
  | { readonly kind: 'relation', readonly relation: Relation }
  | { readonly kind: 'column', readonly relation: Relation, readonly column: string }
  | { readonly kind: 'merged', readonly column: string }

/** A FROM clause. */
export interface FromItems {
  readonly relations: readonly Relation[]
  /** undefined when `*` cannot be written out */
  readonly star: readonly StarItem[] | undefined
}

/** The statement for an error message, cut where it is long. */
export function excerptOf (rewriting: Rewriting): string {
  return excerpt(rewriting.text.sql)
}
