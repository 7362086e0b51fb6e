import { setTimeout as sleep } from 'node:timers/promises'
import type { Sessions } from '../database.js'
import { throwIfAborted } from './pause.js'

const AGAIN_MS = 100

/**
 * Runs what an abort cancels in the server: again and again while it runs, since a cancel that comes between two
 * statements is lost. Nothing is cancelled once it has ended, so that no cancel hits what its session runs next.
 *
 * @param pid of the session that `work` runs on
 * @throws FST_ERR_VINTAGE_ABORTED when it was called off before
 */
export async function runCancellable<T> ({ database, signal }: { readonly database: Sessions, readonly signal: AbortSignal }, pid: number, work: () => Promise<T>): Promise<T> {
  throwIfAborted(signal)
  const state: Running = { ended: false, sent: Promise.resolve() }
  const onAbort = (): void => { cancelUntilEnd(state, database, pid).catch(ignore) }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work()
  } finally {
    state.ended = true
    signal.removeEventListener('abort', onAbort)
    await state.sent
  }
}

interface Running { ended: boolean, sent: Promise<unknown> }

async function cancelUntilEnd (state: Running, database: Sessions, pid: number): Promise<void> {
  while (!state.ended) {
    await database.session(async (session) => {
      // a connection may have been long in coming
      if (state.ended) return
      state.sent = session.query('select pg_cancel_backend($1)', [pid]).catch(ignore)
      await state.sent
    }).catch(ignore)
    await sleep(AGAIN_MS)
  }
}

function ignore (): void {}
