import type { CatalogueTable } from '../knex/span-table.js'
import { isRecord } from '../knex/syntax.js'
import type { OtherRelation, UniqueKey } from '../knex/table-state.js'
import { isPhase, type Phase } from '../phases.js'

/** A transition as the database has it. */
export interface PhaseRow {
  readonly name: string
  readonly phase: Phase
  readonly epoch: string
  readonly definition: unknown
  /** the table first found in its schema, with partitions and children; empty at `drop` */
  readonly tables: readonly CatalogueTable[]
}

/** @throws TypeError for a row that this build does not understand, e.g. a phase of a later release */
export function phaseRowOf (row: unknown): PhaseRow {
  if (!isRecord(row)) throw unreadable(row)
  const { name, phase, epoch, definition, tables } = row
  if (typeof name !== 'string' || typeof phase !== 'string' || !isPhase(phase) || typeof epoch !== 'string' || !Array.isArray(tables) || !tables.every(isCatalogueTable)) throw unreadable(row)
  return { name, phase, epoch, definition, tables }
}

/** @throws TypeError for a row that is none */
export function otherRelationOf (row: unknown): OtherRelation {
  if (!isRecord(row)) throw unreadable(row)
  const { schema, table, visible, namesakes } = row
  if (typeof schema !== 'string' || typeof table !== 'string' || typeof visible !== 'boolean' || !isTexts(namesakes)) throw unreadable(row)
  return { schema, table, visible, namesakes: new Set(namesakes) }
}

function isCatalogueTable (value: unknown): value is CatalogueTable {
  return isRecord(value) && typeof value.schema === 'string' && typeof value.table === 'string' && typeof value.visible === 'boolean' && isTexts(value.columns) && Array.isArray(value.uniqueKeys) && value.uniqueKeys.every(isUniqueKey)
}

function isUniqueKey (value: unknown): value is UniqueKey {
  return isRecord(value) && typeof value.name === 'string' && isTexts(value.columns)
}

function isTexts (value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function unreadable (row: unknown): TypeError {
  return new TypeError(`schema vintage holds a row that this build of fastify-vintage does not understand: ${JSON.stringify(row)}`)
}
