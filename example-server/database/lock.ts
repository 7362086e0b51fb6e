import { setTimeout as sleep } from 'node:timers/promises'

/** What `pg` has to ask with. */
interface Session {
  query (sql: string): Promise<{ rows: { held: boolean }[] }>
}

/** Waits for its turn to prepare the shop's database; the session keeps it until it ends. Rejects when `signal` aborts. */
export async function takeTurn (session: Session, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const { rows: [row] } = await session.query("select pg_try_advisory_lock(hashtext('fastify-vintage shop')) as held")
    if (row?.held === true) return
    await sleep(100, undefined, { signal })
  }
}
