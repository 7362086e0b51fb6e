import type { Session } from '../database.js'
import type { TransitionDefinition } from '../transition.js'
import { newConditionsOf, passes, sideOf, type ColumnType, type TripSides } from './sides.js'
import { readValueTypes } from './value-types.js'

/** Types of the columns of both sides, by their names. */
export interface SideTypes {
  readonly before: ReadonlyMap<string, ColumnType>
  readonly after: ReadonlyMap<string, ColumnType>
}

/** What holds for every row: CHECKs that name other columns as well say nothing of these alone, and those not validated nothing of old rows. */
const CONDITIONS = `
with side as (select attnum, attname, attnotnull from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = any ($2) and not attisdropped)
select format('%I is not null', attname) as condition, true as required from side
where attnotnull and not exists (
  select 1 from pg_catalog.pg_constraint
  where conrelid = to_regclass($1) and contype = 'n' and conkey = array[attnum] and not convalidated)
union all
select pg_get_expr(conbin, conrelid), false from pg_catalog.pg_constraint
where conrelid = to_regclass($1) and contype = 'c' and convalidated and conkey <@ (select array_agg(attnum) from side)`

/**
 * Reads what there is to know of values of both sides: their types, and what keeps some of them out.
 *
 * @param table quoted; one that is not there keeps nothing out
 */
export async function readTripSides (session: Session, definition: TransitionDefinition, types: SideTypes, table: string): Promise<TripSides> {
  const valueTypes = await readValueTypes(session, [...types.before.values(), ...types.after.values()].map(({ type }) => type))
  const found = await session.query<{ condition: string, required: boolean }>(CONDITIONS, [table, [...types.before.keys()]])
  const conditions = found.map(({ condition, required }) => required ? condition : passes(condition))
  return {
    old: sideOf(definition.downgrade, { types: types.before, conditions }, valueTypes),
    new: sideOf(definition.upgrade, { types: types.after, conditions: newConditionsOf(definition) }, valueTypes)
  }
}
