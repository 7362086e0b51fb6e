import { escapeLiteral } from 'pg'
import { RefusedSetAsideError } from '../../errors.js'
import type { Session } from '../database.js'
import type { SetAsideRow } from '../results.js'
import type { TransitionState } from '../state/transitions.js'
import { countSetAside, forgetSettled, isNoteOf, listSetAside, openLedger } from './ledger.js'

const NAMED = 5

/**
 * Refuses `read-new` while rows are set aside: their new side would read as null. Where there are none, what was noted
 * of others is forgotten.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SET_ASIDE naming the first of them
 */
export async function refuseSetAside (session: Session, state: TransitionState): Promise<void> {
  const ledger = await openLedger(session, state)
  const rows = await listSetAside(session, ledger, NAMED)
  if (rows.length === 0) return await forgetSettled(session, state.name, ledger)
  const count = await countSetAside(session, ledger)
  throw refusal(state, String(count), [...rows.map(describeRow), ...count > NAMED ? ['…'] : []])
}

/**
 * Refuses `read-new` while a row has the marker, noted or not: a note knows a row by the key that it had. Quick however
 * large the table is, by the index of such rows.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SET_ASIDE naming the first of them
 */
export async function refuseMarked (session: Session, state: TransitionState): Promise<void> {
  const { key, table, marker } = await openLedger(session, state)
  // a planner that knows nothing of the table yet would read all of it
  await session.query('set local enable_seqscan = off')
  const rows = await session.query<{ key: string[], sqlstate: string | null, message: string | null }>(`
    select jsonb_build_array(${key.columns.map(({ name }) => `t.${name}::text`).join(', ')}) as key, note.sqlstate, note.message
    from (select * from only ${table} where ${marker} limit ${NAMED + 1}) as t left join lateral (
      select s.sqlstate, s.message from vintage.set_aside s where s.transition = ${escapeLiteral(state.name)} and ${isNoteOf(key)} order by s.id desc limit 1
    ) as note on true`)
  if (rows.length === 0) return
  const named = rows.slice(0, NAMED).map(({ key: values, sqlstate, message }) => {
    const row = key.columns.map(({ plain }, index) => `${plain} = ${values[index]}`).join(', ')
    return `${row}: ${sqlstate === null ? 'its key has changed since it was noted' : `${sqlstate} ${message}`}`
  })
  throw refusal(state, rows.length > NAMED ? `more than ${NAMED}` : String(rows.length), rows.length > NAMED ? [...named, '…'] : named)
}

function refusal ({ name }: TransitionState, count: string, rows: readonly string[]): Error {
  return new RefusedSetAsideError(`\`read-new\` of \`${name}\` is refused while rows are set aside (${count}): ${rows.join('; ')}. Mend them and run \`vintage set-aside retry ${name}\`, or let them go without a new side with \`vintage set-aside release\``)
}

/** `id = 7: 22003 bigint out of range` */
export function describeRow ({ key, sqlstate, message }: SetAsideRow): string {
  return `${Object.entries(key).map(([column, value]) => `${column} = ${value}`).join(', ')}: ${sqlstate} ${message}`
}
