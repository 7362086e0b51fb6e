import { RefusedSubscribersError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { findMovingIdentity, findSubscribers, subscriberStatements } from '../preflight/find-subscribers.js'
import type { FoundTable } from '../preflight/check-table.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { oldColumnsOf, type Transition } from '../transition.js'

const READY = `
select s as name from vintage.events e cross join jsonb_array_elements_text(e.details -> 'subscribers') as s
where e.transition = $1 and e.event = 'subscribers-ready'`

/**
 * Makes sure that whoever is sent the table by logical replication can take what it becomes, or that the operator
 * says so.
 *
 * @returns those on which the operator has given his word; to be kept with {@link keepReady}
 * @throws FST_ERR_VINTAGE_REFUSED_SUBSCRIBERS naming them, and what they need first
 */
export async function checkSubscribers (context: Context, session: Session, transition: Transition, found: FoundTable): Promise<string[]> {
  return await judge(context, session, transition, found, await findSubscribers(session, qualifiedTable(found)))
}

async function judge ({ subscribersReady }: Context, session: Session, transition: Transition, found: FoundTable, subscribers: string[]): Promise<string[]> {
  if (subscribers.length === 0) return []
  const table = qualifiedTable(found)
  const identity = await findMovingIdentity(session, table, oldColumnsOf(transition))
  if (identity !== undefined) throw new RefusedSubscribersError(`transition \`${transition.name}\`: ${subscribers.join(', ')} carries ${table}, whose replica identity (${identity}) has old columns in it, by which subscribers would not find their rows any more: \`alter table ${table} replica identity default\` first`)
  if (subscribersReady) return subscribers
  throw refusal(transition, table, subscribers)
}

/** As {@link checkSubscribers} for a step that lets a name change: those that have come since the transition began are asked for. */
export async function agreeToSend (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await context.database.transaction(async (session) => {
    await fence(session, lease, 'share')
    await keepReady(context, session, state, await judge(context, session, transitionOf(state), state, await findUnready(session, state)))
  })
}

/** @throws FST_ERR_VINTAGE_REFUSED_SUBSCRIBERS when somebody is sent the table of whom nobody has said that he is ready */
export async function refuseUnready (session: Session, state: TransitionState): Promise<void> {
  const unready = await findUnready(session, state)
  if (unready.length > 0) throw refusal(transitionOf(state), qualifiedTable(state), unready)
}

/** Writes into the history for whom the operator has given his word. */
export async function keepReady ({ by }: Context, session: Session, { name, phase, epoch }: Pick<TransitionState, 'name' | 'phase' | 'epoch'>, subscribers: readonly string[]): Promise<void> {
  if (subscribers.length > 0) await logEvent(session, { transition: name, event: 'subscribers-ready', phase, epoch, by, details: { subscribers } })
}

async function findUnready (session: Session, state: TransitionState): Promise<string[]> {
  const subscribers = await findSubscribers(session, qualifiedTable(state))
  if (subscribers.length === 0) return []
  const ready = await session.query<{ name: string }>(READY, [state.name])
  return subscribers.filter((one) => !ready.some(({ name }) => name === one))
}

function refusal (transition: Transition, table: string, subscribers: readonly string[]): Error {
  return new RefusedSubscribersError(`transition \`${transition.name}\`: ${subscribers.join(', ')} carries ${table}, and a subscriber stops at the first row with a column that it does not have. Run this at each subscriber, then say \`--subscribers-ready\`: ${subscriberStatements(transition, table).join('; ')}`)
}

const ALL = `
select 'publication ' || quote_ident(pubname) as name from pg_catalog.pg_publication
where puballtables or oid in (select pnpubid from pg_catalog.pg_publication_namespace where pnnspid = to_regnamespace('vintage'))
order by name`

/**
 * A publication of all tables carries those of schema `vintage` too, from the first row on.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SUBSCRIBERS naming it
 */
export async function refuseCarriedSchema ({ database, subscribersReady }: Context): Promise<void> {
  if (subscribersReady) return
  const publications = await database.query<{ name: string }>(ALL)
  if (publications.length === 0) return
  throw new RefusedSubscribersError(`${publications.map(({ name }) => name).join(', ')} would carry the tables of schema \`vintage\` too, and a subscriber stops at the first row of a table that it does not have. Publish the tables that are meant by their names; or have the schema at each subscriber first (\`vintage migrate\` makes it there, with a config of its own that names an empty folder of versions and no migrations), then say \`--subscribers-ready\``)
}
