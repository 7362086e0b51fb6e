import { RefusedSetAsideError } from '../../errors.js'
import type { Session } from '../database.js'
import type { SetAsideRow } from '../results.js'
import type { TransitionState } from '../state/transitions.js'
import { countSetAside, listSetAside, openLedger } from './ledger.js'

const NAMED = 5

/**
 * Refuses `read-new` while rows are set aside: their new side would read as null.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SET_ASIDE naming the first of them
 */
export async function refuseSetAside (session: Session, state: TransitionState): Promise<void> {
  const ledger = await openLedger(session, state)
  const rows = await listSetAside(session, ledger, NAMED)
  if (rows.length === 0) return
  const count = await countSetAside(session, ledger)
  throw new RefusedSetAsideError(`\`read-new\` of \`${state.name}\` is refused while rows are set aside (${count}): ${rows.map(describeRow).join('; ')}${count > NAMED ? '; …' : ''}. Mend them and run \`vintage set-aside retry ${state.name}\`, or let them go without a new side with \`vintage set-aside release\``)
}

/** `id = 7: 22003 bigint out of range` */
export function describeRow ({ key, sqlstate, message }: SetAsideRow): string {
  return `${Object.entries(key).map(([column, value]) => `${column} = ${value}`).join(', ')}: ${sqlstate} ${message}`
}
