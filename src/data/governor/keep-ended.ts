import type { Context } from '../context.js'
import type { Ending } from './blocker-policy.js'

const KEEP = `
insert into vintage.events (transition, event, phase, epoch, by, details)
select $1::text, 'blocker-ended', (select phase from vintage.transitions where name = $1), (select epoch from vintage.transitions where name = $1), $2::text, $3::jsonb`

/** Keeps who was ended in the history of a transition, and tells it. */
export function keepEnded ({ by, report }: Pick<Context, 'by' | 'report'>, transition: string): Ending['keep'] {
  return async (session, ended) => {
    const { how, table, blocker } = ended
    await session.query(KEEP, [transition, by, JSON.stringify({ how, table, ...blocker })])
    report({ type: 'blocker-ended', transition, ...ended })
  }
}
