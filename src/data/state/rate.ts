import type { Session } from '../database.js'

/** Each reservation begins where the one before ends, whoever made it. */
const RESERVE = `
update vintage.backfills set paced_until = greatest(paced_until, clock_timestamp()) + $2 * interval '1 second'
where transition = $1
returning (extract(epoch from paced_until - clock_timestamp()) - $2)::float8 * 1000 as "waitMs"`

/**
 * Takes the next stretch of time at a rate that all workers share.
 *
 * @param seconds how long the rows in question take at that rate
 * @returns how long to wait until it begins, in ms; 0 where no backfill has begun
 */
export async function reserveTime (session: Session, transition: string, seconds: number): Promise<number> {
  const rows = await session.query<{ waitMs: number }>(RESERVE, [transition, seconds])
  return Math.max(0, ...rows.map(({ waitMs }) => waitMs))
}

/** Gives back what was not needed. */
export async function giveTimeBack (session: Session, transition: string, seconds: number): Promise<void> {
  await session.query("update vintage.backfills set paced_until = paced_until - $2 * interval '1 second' where transition = $1", [transition, seconds])
}
