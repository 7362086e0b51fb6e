import { RefusedTriggersError } from '../../errors.js'
import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import type { Transition } from '../transition.js'

/** tgtype: 1 row, 2 before, 4 insert, 16 update. Triggers fire in the byte order of their names. */
const LATER_TRIGGERS = `
select t.tgname as name from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
where t.tgrelid = to_regclass($1) and not t.tgisinternal and p.pronamespace is distinct from to_regnamespace('vintage')
  and (t.tgtype & 3) = 3
  and ((t.tgtype & 4 > 0 and t.tgname > $2::name) or (t.tgtype & 16 > 0 and t.tgname > $3::name))
order by t.tgname`

/**
 * Makes sure that no BEFORE ROW trigger of somebody else fires after the dual writer: what it changed would not
 * reach the other side.
 *
 * @param table quoted, with its schema
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS
 */
export async function checkTriggers (session: Session, transition: Transition, table: string): Promise<void> {
  const { insertTrigger, updateTrigger } = namesOf(transition.name)
  const later = await session.query<{ name: string }>(LATER_TRIGGERS, [table, insertTrigger, updateTrigger])
  if (later.length === 0) return
  throw new RefusedTriggersError(`transition \`${transition.name}\`: BEFORE trigger ${later.map(({ name }) => `\`${name}\``).join(', ')} of ${table} sorts after \`${insertTrigger}\`, so what it writes would be missed: rename it (\`alter trigger … rename to …\`)`)
}
