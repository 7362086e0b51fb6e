import type { Session } from '../database.js'
import { excerpt } from '../knex/excerpt.js'
import type { TransitionDefinition } from '../transition.js'
import { runTrip, type Loss, type Trip, type TripResult } from './run-trip.js'
import type { TripSides } from './sides.js'
import type { TripSource } from './trip-program.js'

/** How long the values of one trip may take, reading rows of a large table from disk included; what is left is not looked at. */
const LIMIT_MS = 2_000

type Lossy = NonNullable<TransitionDefinition['lossy']>

/**
 * What must come back. Where only `downgrade` loses, what `upgrade` has made must come back nevertheless: else a row
 * would change once more with each way that it goes.
 */
const TRIPS: Readonly<Record<Lossy | 'bijective', readonly Trip[]>> = {
  bijective: ['old', 'new'],
  upgrade: ['old'],
  downgrade: ['upgraded'],
  both: []
}

const BROKEN: Readonly<Record<Trip, string>> = {
  old: '`downgrade` does not give back what `upgrade` was given',
  new: '`upgrade` does not give back what `downgrade` was given',
  upgraded: 'what `upgrade` has made does not come back by way of `downgrade`'
}

/** Out of which expressions what sets out is made first. */
const FIRST: Readonly<Record<Trip, string>> = { old: 'upgrade', new: 'downgrade', upgraded: 'upgrade' }

/** What rows have shown. */
export interface Finding {
  /** one sentence on what is lost, and the way out; null where nothing is that should not be */
  readonly loss: string | null
  /** why nothing can be told of a way, one sentence each */
  readonly untold: readonly string[]
}

/** Where the rows of a trip come from, and what to call them; null where it has none. */
export interface Rows {
  readonly kind: string
  of (trip: Trip): TripSource | null
}

/**
 * Holds the class that a definition claims, bijective or lossy in a direction, against what becomes of rows.
 *
 * @param session in a transaction
 */
export async function findLoss (session: Session, definition: TransitionDefinition, sides: TripSides, rows: Rows): Promise<Finding> {
  const untold: string[] = []
  for (const trip of TRIPS[definition.lossy ?? 'bijective']) {
    const source = rows.of(trip)
    if (source === null) continue
    const { shown, lost, tried, refused } = await runTrip(session, sides, trip, source, LIMIT_MS)
    if (tried === 0) untold.push(`none of the ${rows.kind} came through \`${FIRST[trip]}\`${refused === null ? '' : ` (${refused})`}, so what becomes of them is not known`)
    if (shown === null) continue
    const word = await wordFor(trip, definition.lossy, async () => await runTrip(session, sides, 'upgraded', source, LIMIT_MS))
    const loss = `${claimOf(definition)}, but ${BROKEN[trip]}: ${describe(shown)}; so with ${lost} of ${tried} ${rows.kind}. Correct the expressions, keep such values out (NOT NULL or CHECK of the table, \`notNull\` or \`checks\` of the definition), or declare the loss with \`lossy: '${word}'\``
    return { loss, untold }
  }
  return { loss: null, untold }
}

async function wordFor (trip: Trip, lossy: Lossy | undefined, tryUpgraded: () => Promise<TripResult>): Promise<Lossy> {
  if (lossy !== undefined) return 'both'
  if (trip === 'new') return 'upgrade'
  return (await tryUpgraded()).lost === 0 ? 'downgrade' : 'both'
}

function claimOf ({ lossy }: TransitionDefinition): string {
  return lossy === undefined ? 'it says nothing of a loss (`lossy`)' : `it says \`lossy: '${lossy}'\``
}

function describe ({ given, made, back, raised }: Loss): string {
  return `${excerpt(given)} becomes ${excerpt(made)}, and that ${back === null ? `raises (${raised})` : `becomes ${excerpt(back)}`}`
}
