import { loadModule } from 'libpg-query'
import type { Session } from '../database.js'
import { CAST_TYPE } from '../dual-writer/sides.js'
import { readExpressionOf } from '../knex/read-expression.js'
import { namesOf, quote } from '../names.js'
import { readModeOf } from '../phases.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf } from '../transition.js'

/** A column of the view: the same type and collation in every phase, so that the view can be replaced in place. */
export interface ViewColumn {
  readonly name: string
  readonly type: string
  /** quoted, with its schema; null where the type has none */
  readonly collation: string | null
  /** over a row `t` */
  readonly value: string
}

interface TableColumn { readonly name: string, readonly type: string, readonly collation: string | null }

const COLUMNS = `
select a.attname as name, ${CAST_TYPE} as type, quote_ident(n.nspname) || '.' || quote_ident(c.collname) as collation
from pg_catalog.pg_attribute a
left join pg_catalog.pg_collation c on c.oid = a.attcollation
left join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`

/**
 * Head columns of a table with transitions: those of the new side as they are read in each one's phase, and nothing of
 * the old side nor of the machinery. A transition at `expand` counts as not begun: nothing keeps its sides in sync.
 * In a transaction with a pinned search_path.
 *
 * @param table quoted, with its schema
 * @param states all transitions of the table
 */
export async function viewColumnsOf (session: Session, table: string, states: readonly TransitionState[]): Promise<ViewColumn[]> {
  await loadModule()
  const left = new Set(states.flatMap(columnsLeftOut))
  const columns = await session.query<TableColumn & Record<string, unknown>>(COLUMNS, [table])
  return columns.filter(({ name }) => !left.has(name)).map(({ name, type, collation }) => {
    const spanned = states.find((state) => readModeOf(state.phase) === 'spanned' && Object.hasOwn(state.definition.after, name))
    const read = spanned === undefined ? `t.${quote(name)}` : readExpressionOf(transitionOf(spanned), name)('t')
    return { name, type, collation, value: `(${read})::${type}${collation === null ? '' : ` collate ${collation}`}` }
  })
}

function columnsLeftOut ({ name, phase, definition }: TransitionState): string[] {
  const { marker, hidden } = namesOf(name)
  const old = oldColumnsOf(definition)
  if (phase === 'drop') return []
  return phase === 'expand' ? [...newColumnsOf(definition), marker] : [...old, ...old.map(hidden), marker]
}
