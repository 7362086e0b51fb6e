import { escapeLiteral } from 'pg'
import { readPrimaryKey, type KeyValues, type PrimaryKey } from '../backfill/key.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import { namesOf, quote } from '../names.js'
import type { SetAsideRow } from '../results.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'

/** The notes of one transition, beside its table. */
export interface Ledger {
  readonly key: PrimaryKey
  /** quoted, with its schema */
  readonly table: string
  /** quoted */
  readonly marker: string
  /** `from … where …` over notes `s` of rows `t` that still have the marker; a row that was written well since, or deleted, is none */
  readonly live: string
}

/** Opens the notes for the rest of a transaction; the session sees every row. */
export async function openLedger (session: Session, state: TransitionState): Promise<Ledger> {
  await session.query('set local row_security = off')
  await pinSearchPath(session)
  const table = qualifiedTable(state)
  const key = await readPrimaryKey(session, table)
  const marker = quote(namesOf(state.name).marker)
  const live = `from vintage.set_aside s join only ${table} t on ${isNoteOf(key)} and t.${marker} where s.transition = ${escapeLiteral(state.name)}`
  return { key, table, marker, live }
}

/** Whether note `s` is about row `t`. */
export function isNoteOf (key: PrimaryKey): string {
  return key.columns.map(({ name, type, equals }, index) => `t.${name} ${equals} (s.key ->> ${index})::${type}`).join(' and ')
}

/** Whether there is a note about row `t`. */
export function isNoted (transition: string, key: PrimaryKey, more = ''): string {
  return `exists (select 1 from vintage.set_aside s where s.transition = ${escapeLiteral(transition)} and ${isNoteOf(key)}${more})`
}

/** The id of the last note of all; those of before are not above it. */
export async function findLastNote (session: Session): Promise<string> {
  const [last] = await session.query<{ id: string }>('select coalesce(max(id), 0)::text as id from vintage.set_aside')
  return String(last?.id)
}

/** The keys that this transaction itself has noted since a note: what others note meanwhile says nothing of its work. */
export async function findNotedSince (session: Session, { transition, since }: { readonly transition: string, readonly since: string }): Promise<KeyValues[]> {
  const rows = await session.query<{ key: string[] }>('select distinct key from vintage.set_aside where transition = $1 and id > $2 and xmin = pg_current_xact_id()::xid', [transition, since])
  return rows.map(({ key }) => key)
}

export async function countSetAside (session: Session, { live }: Ledger): Promise<number> {
  const [found] = await session.query(`select count(distinct s.key)::int as rows ${live}`)
  return Number(found?.rows)
}

interface NoteRow { key: string[], direction: 'upgrade', sqlstate: string, message: string, times: number, first_at: Date, last_at: Date }

/** Rows that are set aside, in the order in which they were first. */
export async function listSetAside (session: Session, { key, live }: Ledger, limit: number): Promise<SetAsideRow[]> {
  const rows = await session.query<NoteRow>(`
    select s.key, (array_agg(s.direction order by s.id desc))[1] as direction, (array_agg(s.sqlstate order by s.id desc))[1] as sqlstate,
           (array_agg(s.message order by s.id desc))[1] as message, count(*)::int as times, min(s.at) as first_at, max(s.at) as last_at
    ${live} group by s.key order by min(s.id) limit $1`, [limit])
  return rows.map(({ key: values, direction, sqlstate, message, times, first_at: firstAt, last_at: lastAt }) => ({
    key: Object.fromEntries(key.columns.map(({ plain }, index) => [plain, String(values[index])])),
    direction,
    sqlstate,
    message,
    times,
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString()
  }))
}

const FORGET_SOME = 'delete from vintage.set_aside where id in (select id from vintage.set_aside where id <= $2 and transition = $1 and released_at is null limit 10000) returning id'

/**
 * Forgets all notes of a transition, a batch at a time: of millions no one statement could rid itself within a deadline.
 * What writers note meanwhile is left, or it would go on for as long as they do.
 * A row that is still set aside is noted again when a backfill meets it; who was released stays known, since nothing else tells.
 *
 * @throws FST_ERR_VINTAGE_ABORTED
 */
export async function forgetUnreleased ({ database, signal }: Pick<Context, 'database' | 'signal'>, lease: Lease): Promise<void> {
  const upTo = await findLastNote(database)
  const forgetSome = async (): Promise<number> => await database.transaction(async (session) => {
    await fence(session, lease, 'share')
    return (await session.query(FORGET_SOME, [lease.transition, upTo])).length
  })
  while (await forgetSome() > 0) throwIfAborted(signal)
}

/** Forgets what was noted of rows that are not set aside any more; who was released stays known. */
export async function forgetSettled (session: Session, transition: string, { key, table, marker }: Ledger): Promise<void> {
  await session.query(`delete from vintage.set_aside s where s.transition = $1 and s.released_at is null and not exists (select 1 from only ${table} t where ${isNoteOf(key)} and t.${marker})`, [transition])
}
