import { messageOf, withCause } from '../../caught.js'
import { RefusedOperatorError } from '../../errors.js'
import type { Context } from '../context.js'
import { pause } from '../governor/pause.js'
import { endTurnHolder, findTurnHolder } from '../governor/turn.js'

const POLL_MS = 200

/**
 * Long statements that an operator of before has begun, whose lease has run out: an index in the making is waited for,
 * since it is of use; anything else is ended, since it would be in the way, and who began it fails at its next fence.
 *
 * @param transition whose lease is ours by now, so that nothing more is begun
 * @throws FST_ERR_VINTAGE_REFUSED_OPERATOR when this role may not end it, and it has not ended by itself in `waitMs`
 */
export async function outlastFormerWork ({ database, report, signal, waitMs }: Pick<Context, 'database' | 'report' | 'signal' | 'waitMs'>, transition: string): Promise<void> {
  let began = performance.now()
  let told: number | undefined
  for (let holder = await findTurnHolder(database, transition); holder !== undefined; holder = await findTurnHolder(database, transition)) {
    const { building, ...blocker } = holder
    if (told !== blocker.pid) report({ type: 'former-work', transition, ending: !building, blocker })
    told = blocker.pid
    // what is built may take its time, and counts for nothing
    if (building) {
      began = performance.now()
    } else {
      try {
        await endTurnHolder(database, transition, blocker.pid)
      } catch (cause) {
        // of another role, which this one may not end
        if (performance.now() - began > waitMs) throw withCause(new RefusedOperatorError(`transition \`${transition}\`: an operator of before has left a session (pid ${blocker.pid}) that this role may not end (${messageOf(cause)}): end it with \`select pg_terminate_backend(${blocker.pid})\` as its role or a superuser`), cause)
      }
    }
    await pause(POLL_MS, signal)
  }
}
