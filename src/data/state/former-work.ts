import type { Context } from '../context.js'
import { pause } from '../governor/pause.js'
import { findTurnHolder } from '../governor/turn.js'

const POLL_MS = 200

/**
 * Long statements that an operator of before has begun, whose lease has run out: an index in the making is waited for,
 * since it is of use; anything else is ended, since it would be in the way, and who began it fails at its next fence.
 *
 * @param transition whose lease is ours by now, so that nothing more is begun
 */
export async function outlastFormerWork ({ database, report, signal }: Context, transition: string): Promise<void> {
  let told: number | undefined
  for (let holder = await findTurnHolder(database, transition); holder !== undefined; holder = await findTurnHolder(database, transition)) {
    const { building, ...blocker } = holder
    if (told !== blocker.pid) report({ type: 'former-work', transition, ending: !building, blocker })
    told = blocker.pid
    // who may not end the session of another role waits for it
    if (!building) await database.query('select pg_terminate_backend($1)', [blocker.pid]).catch(() => {})
    await pause(POLL_MS, signal)
  }
}
