import type { KeyValues } from '../backfill/key.js'
import type { Session } from '../database.js'
import type { TransitionState } from '../state/transitions.js'
import { isNoteOf, type Ledger } from './ledger.js'

/** Before the first note of all. */
export const FIRST_NOTE = '0'

/** Which notes are gone through. */
export interface Which {
  /** the last of them; what is noted while they are gone through comes later */
  readonly upTo: string
  /** rows to go by, as JSON; null: all */
  readonly keys: readonly string[] | null
}

/** Some notes, one after the other. */
export interface NotesRead {
  /** keys of rows that are set aside and of which there is no later note; a row that is tried in vain is noted anew, so that it is chosen once */
  readonly chosen: readonly KeyValues[]
  readonly lastNote: string
}

/**
 * Reads the next notes after one, at most so many. What it costs does not grow with all the notes that there are: each
 * is looked up by its key, in the table and among the later ones (`offset 0`: the planner may not read the whole table
 * once instead).
 *
 * @returns null when there is none
 */
export async function readNotes (session: Session, state: TransitionState, { key, table, marker }: Ledger, { upTo, keys }: Which, after: string, limit: number): Promise<NotesRead | null> {
  const notes = await session.query<{ id: string, key: string[], chosen: boolean }>(`
    select s.id::text as id, s.key,
      exists (select 1 from only ${table} t where ${isNoteOf(key)} and t.${marker} offset 0)
      and not exists (select 1 from vintage.set_aside l where l.transition = $1 and l.id > s.id
        and jsonb_hash_extended(l.key, 0) = jsonb_hash_extended(s.key, 0) and l.key = s.key) as chosen
    from (
      select id, key from vintage.set_aside
      where transition = $1 and id > $2 and id <= $3 and ($4::jsonb[] is null or key = any ($4::jsonb[])) order by id limit $5
    ) as s order by s.id`, [state.name, after, upTo, keys, limit])
  const last = notes.at(-1)
  return last === undefined ? null : { chosen: notes.filter(({ chosen }) => chosen).map((note) => note.key), lastNote: last.id }
}
