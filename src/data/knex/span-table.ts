import { namesOf } from '../names.js'
import { readModeOf, type Phase } from '../phases.js'
import { newColumnsOf, oldColumnsOf, type Transition } from '../transition.js'
import { readExpressionOf } from './read-expression.js'
import type { GoneColumn, SpannedColumn, TableState, UniqueKey } from './table-state.js'

/** A table as the catalogue has it at one moment. */
export interface CatalogueTable {
  readonly schema: string
  readonly table: string
  readonly visible: boolean
  /** columns in order */
  readonly columns: readonly string[]
  readonly uniqueKeys: readonly UniqueKey[]
}

/** A transition and the phase in which the database has it. */
export interface TransitionInPhase {
  readonly transition: Transition
  readonly phase: Phase
}

/**
 * What the rewriter has to know of one table, from its transitions that are not at `drop`.
 *
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when an `upgrade` is not one expression over bare column names
 */
export function spanTable (table: CatalogueTable, transitions: readonly TransitionInPhase[]): TableState {
  const gone = new Map(transitions.flatMap(goneColumnsOf).map((column) => [column.name, column]))
  const spanned = new Map(transitions.flatMap(spannedColumnsOf).map((column) => [column.name, column]))
  const { schema, table: name, visible, columns } = table
  const uniqueKeys = [...table.uniqueKeys, ...transitions.flatMap(plannedKeysOf)]
  return { schema, table: name, visible, headColumns: columns.filter((column) => !gone.has(column)), gone, spanned, uniqueKeys }
}

/** Unique indexes that the operator builds before read-new. */
function plannedKeysOf ({ transition: { indexes = [] } }: TransitionInPhase): UniqueKey[] {
  return indexes.flatMap((index) => 'columns' in index && index.unique === true ? [{ name: index.name, columns: index.columns }] : [])
}

function goneColumnsOf ({ transition, phase }: TransitionInPhase): GoneColumn[] {
  const { marker, hidden } = namesOf(transition.name)
  const common = { transition: transition.name, mode: readModeOf(phase), instead: newColumnsOf(transition) }
  const old = oldColumnsOf(transition).flatMap((column) => [column, hidden(column)])
  return [...old.map((name) => ({ ...common, name, kind: 'old' as const })), { ...common, name: marker, kind: 'marker' }]
}

function spannedColumnsOf ({ transition, phase }: TransitionInPhase): SpannedColumn[] {
  return newColumnsOf(transition).map((name) => ({
    name,
    transition: transition.name,
    mode: readModeOf(phase),
    read: readExpressionOf(transition, name)
  }))
}
