import { escapeLiteral } from 'pg'
import type { Session } from '../database.js'
import type { Rows } from './find-loss.js'
import { generateRows } from './generate-rows.js'
import { literalsOf, type TripSide, type TripSides } from './sides.js'
import type { TripSource } from './trip-program.js'
import { valuesOfType } from './values-of-type.js'

const SAMPLED_PAGES = 64
const SAMPLED_ROWS = 1_000

/** Rows of generated values; the same definition gives the same ones every time. */
export function generatedFor (sides: TripSides): Rows {
  const literals = literalsOf(sides)
  return { kind: 'generated values', of: (trip) => generate(trip === 'new' ? sides.new : sides.old, literals) }
}

function generate (side: TripSide, literals: readonly string[]): TripSource {
  const rows = generateRows(new Map(side.columns.map(({ plain, valueType }) => [plain, valuesOfType(valueType, literals)])))
  return {
    rows: `select vintage_value from jsonb_array_elements(${escapeLiteral(JSON.stringify(rows))}::jsonb) as vintage_value`,
    from: ({ columns }) => `jsonb_to_record(vintage_source.vintage_value) as vintage_row (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`
  }
}

/**
 * Up to a thousand rows of a table, of pages spread over it.
 *
 * @param table quoted, with its schema
 */
export async function sampledFrom (session: Session, table: string, { columns }: TripSide): Promise<Rows> {
  const [size] = await session.query<{ pages: number }>("select (pg_relation_size(to_regclass($1)) / current_setting('block_size')::integer)::float8 as pages", [table])
  const percent = Math.min(100, 100 * SAMPLED_PAGES / Math.max(1, Number(size?.pages)))
  const source: TripSource = {
    rows: `select ${columns.map(({ name }) => name).join(', ')} from ${table} tablesample system (${percent}) repeatable (1) order by md5(ctid::text) limit ${SAMPLED_ROWS}`,
    from: (side) => `(select ${side.columns.map(({ name }) => `vintage_source.${name}`).join(', ')}) as vintage_row`
  }
  // rows have no new side yet
  return { kind: 'sampled rows', of: (trip) => trip === 'new' ? null : source }
}
