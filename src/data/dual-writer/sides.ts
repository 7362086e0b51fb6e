import { loadModule } from 'libpg-query'
import type { Session } from '../database.js'
import { columnTemplateOf } from '../knex/expression-template.js'
import { namesOf, quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf } from '../transition.js'

/** One column of either side, as SQL needs it. */
export interface SideColumn {
  /** name in the definition, not quoted */
  readonly plain: string
  /** quoted name in the table; differs from the one in the definition while hidden */
  readonly actual: string
  /** type as Postgres writes it, with its schema where it lies outside pg_catalog */
  readonly type: string
  /** SQL that yields it from the other side's values in a row (`NEW`, `OLD`, an alias), cast to `type` but for a length, which the assignment checks */
  valueOver (row: string): string
  /** the column's default */
  readonly fallback: string | null
}

/** Both sides of a transition in one table. */
export interface Sides {
  readonly old: readonly SideColumn[]
  readonly new: readonly SideColumn[]
  /** quoted */
  readonly marker: string
  /** quoted, with its schema */
  readonly table: string
  /** neither quoted */
  readonly tableSchema: string
  readonly tableName: string
}

interface CatalogueRow { name: string, type: string, cast: string, fallback: string | null }

/**
 * The type of column `a` to which an expression is cast. Without the length of varchar(n) and varbit(n): a cast would
 * cut off in silence what an assignment refuses. Numbers and times are rounded alike by both.
 */
export const CAST_TYPE = "format_type(a.atttypid, case when a.atttypid = any (array['varchar', 'varchar[]', 'varbit', 'varbit[]']::regtype[]) then null else a.atttypmod end)"

const COLUMNS = `
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, ${CAST_TYPE} as cast, pg_get_expr(d.adbin, d.adrelid) as fallback
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`

/** Expressions see nothing but pg_catalog, and types come with their schema, until the transaction ends. */
export async function pinSearchPath (session: Session, more: readonly string[] = []): Promise<void> {
  await session.query(`set local search_path = ${['pg_catalog', ...more, 'pg_temp'].join(', ')}`)
}

/**
 * Reads the two sides from the catalogue, in a transaction with a pinned search_path.
 *
 * @param areHidden the old columns bear their hidden names
 * @param willBeHidden whether they do once the SQL runs that is made from this @default as now
 */
export async function readSides (session: Session, state: Pick<TransitionState, 'name' | 'tableSchema' | 'tableName' | 'definition'>, areHidden: boolean, willBeHidden = areHidden): Promise<Sides> {
  const table = qualifiedTable(state)
  const rows = new Map((await session.query<CatalogueRow>(COLUMNS, [table])).map((row) => [row.name, row]))
  const names = namesOf(state.name)
  const [oldNames, newNames] = [oldColumnsOf(state.definition), newColumnsOf(state.definition)]
  const nameIn = (isHidden: boolean, name: string): string => isHidden && oldNames.includes(name) ? names.hidden(name) : name
  await loadModule()
  const column = (direction: 'upgrade' | 'downgrade') => (name: string): SideColumn => {
    const [found, expression] = [rows.get(nameIn(areHidden, name)), state.definition[direction][name]]
    if (found === undefined || expression === undefined) throw new ReferenceError(`column ${quote(nameIn(areHidden, name))} of ${table} is not there any more: somebody else has changed the table`)
    const template = columnTemplateOf(state.name, `${direction}.${name}`, expression)
    return {
      plain: name,
      actual: quote(nameIn(willBeHidden, name)),
      type: found.type,
      valueOver: (row) => `${template((other) => `${row}.${quote(nameIn(willBeHidden, other))}`)}::${found.cast}`,
      fallback: found.fallback
    }
  }
  return {
    old: oldNames.map(column('downgrade')),
    new: newNames.map(column('upgrade')),
    marker: quote(names.marker),
    table,
    tableSchema: state.tableSchema,
    tableName: state.tableName
  }
}

/** `"shop"."users"` */
export function qualifiedTable (state: Pick<TransitionState, 'tableSchema' | 'tableName'>): string {
  return `${quote(state.tableSchema)}.${quote(state.tableName)}`
}

/** The line break ends a comment with which the expression may end. */
export function castTo (expression: string, type: string): string {
  return `(${expression}\n)::${type}`
}
