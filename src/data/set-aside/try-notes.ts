import type { KeyValues } from '../backfill/key.js'
import { createPatience } from '../backfill/patience.js'
import { runBatch, type BatchWork } from '../backfill/run-batch.js'
import type { Session } from '../database.js'
import { FIRST_NOTE, readNotes } from './choose-notes.js'
import { openLedger } from './ledger.js'
import { tryBatch, type Attempt } from './try-batch.js'

/** What has become of the rows that were tried. */
export interface Total {
  readonly filledRows: number
  readonly releasedRows: number
}

interface Round extends Total {
  readonly settledRows: number
  /** that are as they were, and may have to be tried again */
  readonly keptRows: number
}

/**
 * Goes through notes in batches, and again while there are rows that a trigger of somebody gives back as they were.
 *
 * @throws FST_ERR_VINTAGE_BACKFILL naming one of these, when nothing else is left
 */
export async function tryNotes (work: BatchWork, attempt: Attempt): Promise<Total> {
  const patience = createPatience(work)
  const total = { filledRows: 0, releasedRows: 0 }
  for (let kept = true; kept;) {
    const round = await tryRound(work, attempt)
    total.filledRows += round.filledRows
    total.releasedRows += round.releasedRows
    kept = round.keptRows > 0
    if (kept) await patience.spend(round.settledRows, async (session) => await findLeft(session, attempt, work.context.batchRows))
  }
  return total
}

/** The place among the notes is moved on when a batch has been committed. */
async function tryRound (work: BatchWork, attempt: Attempt): Promise<Round> {
  const round = { filledRows: 0, releasedRows: 0, settledRows: 0, keptRows: 0 }
  for (let place: string | undefined = FIRST_NOTE; place !== undefined;) {
    const after: string = place
    const tried = await runBatch(work, {
      run: async (session, rows) => await tryBatch(session, attempt, after, rows),
      firstKey: async (session) => (await readNotes(session, attempt.state, await openLedger(session, attempt.state), attempt.which, after, 1))?.chosen[0]
    })
    place = tried?.lastNote
    if (tried === null) continue
    round.filledRows += tried.filledRows
    round.releasedRows += tried.releasedRows
    round.settledRows += tried.settledRows
    round.keptRows += tried.chosen.length - tried.settledRows
  }
  return round
}

async function findLeft (session: Session, { state, which }: Attempt, rows: number): Promise<KeyValues | undefined> {
  const ledger = await openLedger(session, state)
  let notes = await readNotes(session, state, ledger, which, FIRST_NOTE, rows)
  while (notes?.chosen.length === 0) notes = await readNotes(session, state, ledger, which, notes.lastNote, rows)
  return notes?.chosen[0]
}
