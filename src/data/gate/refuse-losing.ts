import { RefusedDependentsError } from '../../errors.js'
import { checkName } from '../constrain/require-columns.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { namesOf } from '../names.js'
import { constraintsOf } from '../sql/constraints.js'
import { indexesOf } from '../sql/create-index.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'

/** Postgres drops these with any of their columns, though nobody has said CASCADE. */
const GOING_ALONG = `
with gone as (
  select attrelid, attnum from pg_catalog.pg_attribute
  where attrelid = to_regclass($1) and attname = any ($2) and not attisdropped
), hanging as (
  select distinct d.classid, d.objid from gone
  join pg_catalog.pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = gone.attrelid and d.refobjsubid = gone.attnum
)
select pg_describe_object(classid, objid, 0) as object from hanging
left join pg_catalog.pg_constraint o on classid = 'pg_constraint'::regclass and o.oid = objid and o.conrelid = to_regclass($1) and o.contype <> 'n'
left join pg_catalog.pg_index i on classid = 'pg_class'::regclass and i.indexrelid = objid
left join pg_catalog.pg_class c on c.oid = i.indexrelid
where (o.oid is not null or c.oid is not null or classid = 'pg_statistic_ext'::regclass)
  and (coalesce(o.conname, c.relname) = any ($3)) is not true
order by 1`

/**
 * Refuses to drop columns of the new side together with indexes, constraints or statistics that somebody else has made.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_DEPENDENTS naming them
 */
export async function refuseLosing (session: Session, state: TransitionState): Promise<void> {
  const transition = transitionOf(state)
  const { marker, pendingIndex, twin } = namesOf(state.name)
  const indexes = indexesOf(transition, state.tableName).map(({ name }) => name)
  const constraints = constraintsOf(transition, state).map(({ name }) => name)
  const columns = Object.keys(transition.after)
  const ours = [marker, pendingIndex, ...indexes, ...indexes.map(twin), ...constraints, ...columns.map((column) => checkName(state, column))]
  const found = await session.query<{ object: string }>(GOING_ALONG, [qualifiedTable(state), [...columns, marker], ours])
  if (found.length === 0) return
  throw new RefusedDependentsError(`\`expand\` of \`${state.name}\` is refused: the new columns are dropped and added again on the way back, and these, which others have made, would go with them: ${found.map(({ object }) => object).join('; ')}. Drop them in a migration of your own, and make them again once the transition has come forward`)
}
