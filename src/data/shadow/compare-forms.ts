import type { Session } from '../database.js'
import { present } from '../knex/syntax.js'
import type { ShadowForms, TransitionForms } from './shadow-forms.js'

/** An answer of more rows is not compared. */
const MAX_ROWS = 1_000

/** What became of a comparison. */
export interface Outcome {
  readonly verdict: 'same' | 'different' | 'unsure'
  readonly at: Date
}

interface Answer extends Record<string, unknown> {
  readonly rows: number
  readonly digest: string
  readonly at: Date
}

/**
 * Compares what a statement gives now with what it will give at `read-new`, and with what the old side says, in the
 * snapshot of the session. A row that is still to be filled may make it differ, and is no fault.
 */
export async function compareForms (session: Session, { served }: Pick<ShadowForms, 'served'>, { coming, expected, pending }: TransitionForms, bindings: readonly unknown[]): Promise<Outcome> {
  const now = await ask(session, served, bindings)
  const { at } = now
  if (now.rows > MAX_ROWS) return { verdict: 'unsure', at }
  if (!isSame(now, await ask(session, expected, bindings))) return { verdict: 'different', at }
  if (isSame(now, await ask(session, coming, bindings))) return { verdict: 'same', at }
  const [row] = await session.query(pending)
  return { verdict: present(row).pending === false ? 'different' : 'unsure', at }
}

/** Rows are counted and hashed where they are, in whatever order they come: no value leaves the database, and none is kept. */
async function ask (session: Session, sql: string, bindings: readonly unknown[]): Promise<Answer> {
  const [answer] = await session.query<Answer>(`
    select count(*)::int as rows, coalesce(sum(pg_catalog.hashtextextended(vintage_row::text, 0)::numeric), 0)::text as digest, clock_timestamp() as at
    from (select * from (${sql}\n) as vintage_rows limit ${MAX_ROWS + 1}) as vintage_row`, bindings)
  return present(answer)
}

function isSame (one: Answer, other: Answer): boolean {
  return one.rows === other.rows && one.digest === other.digest
}
