import { RefusedOperatorError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pause } from '../governor/pause.js'

/** `vint` in ASCII, and the second of its locks. */
const KEYS = [0x76696e74, 1]

const POLL_MS = 100

const HOLDER = `
select l.pid, a.application_name as application
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`

/**
 * Runs `work` while no other `vintage migrate` runs in this database: the second of two that were started at once,
 * as init containers are, waits and then finds what the first has done.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_OPERATOR when the other is not done after `waitMs`
 */
export async function takeTurns<T> (context: Context, work: () => Promise<T>): Promise<T> {
  return await context.database.session(async (session) => {
    await awaitTurn(context, session)
    try {
      return await work()
    } finally {
      // with a connection that is lost the lock is gone too
      await session.query('select pg_advisory_unlock($1, $2)', KEYS).catch(() => {})
    }
  })
}

async function awaitTurn (context: Context, session: Session): Promise<void> {
  const until = new Date(Date.now() + context.waitMs)
  for (let told = false; !await tryLock(session); told = true) {
    const others = (await session.query(HOLDER, KEYS)).map(({ pid, application }) => `${application || 'a session'} (pid ${pid} of the database)`)
    if (Date.now() >= until.getTime()) {
      throw new RefusedOperatorError(`another \`vintage migrate\` has been running in this database for more than ${context.waitMs} ms: ${others.join(', ')}. Wait until it has ended and run it again`)
    }
    if (!told) context.report({ type: 'waiting', transition: null, for: 'migrate', until, instances: others, blockers: [] })
    await pause(POLL_MS, context.signal)
  }
}

async function tryLock (session: Session): Promise<boolean> {
  const [row] = await session.query('select pg_try_advisory_lock($1, $2) as taken', KEYS)
  return row?.taken === true
}
