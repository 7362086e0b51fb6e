import type { Session } from '../database.js'
import { codeOf } from '../governor/transient.js'
import { present } from '../present.js'
import type { ShadowForms, TransitionForms } from './shadow-forms.js'

/** An answer of more rows is not compared. */
const MAX_ROWS = 1_000

type Verdict = 'same' | 'different' | 'unsure'

/** What became of a comparison. */
export interface Outcome {
  readonly verdict: Verdict
  readonly at: Date
  /** whether the old side was asked, and took too long to answer */
  readonly isOldTooSlow: boolean
}

interface Answer extends Record<string, unknown> {
  readonly rows: number
  readonly digest: string
  readonly at: Date
}

/** SQLSTATEs */
const [CANCELLED, DIVISION_BY_ZERO, NOT_UNDERSTOOD] = [/^57014$/, /^22012$/, /^42/]

/**
 * Compares what a statement gives now with what it will give at `read-new`, and then with what the old side says, in the
 * snapshot of the session. What the old side says is computed for each row, so no index serves a condition on it: on a
 * large table it may be too slow, and the rest is told without it.
 *
 * @param asksOld false where it was too slow before
 * @throws what the database throws, but for a statement that it does not understand at `read-new`, which is a difference
 */
export async function compareForms (session: Session, { served }: Pick<ShadowForms, 'served'>, forms: TransitionForms, bindings: readonly unknown[], asksOld = true): Promise<Outcome> {
  const now = await ask(session, served, bindings)
  const outcome = (verdict: Verdict, isOldTooSlow = false): Outcome => ({ verdict, at: now.at, isOldTooSlow })
  if (now.rows > MAX_ROWS) return outcome('unsure')
  const verdict = await compareComing(session, now, forms, bindings)
  if (verdict === 'different' || !asksOld) return outcome(verdict)
  const expected = await askUnless(CANCELLED, session, forms.expected, bindings)
  if (expected === undefined) return outcome(verdict, true)
  return outcome(isSame(now, expected) ? verdict : 'different')
}

/** A row that is still to be filled may make the answer differ, and is no fault: unsure. */
async function compareComing (session: Session, now: Answer, { coming, filled }: TransitionForms, bindings: readonly unknown[]): Promise<Verdict> {
  const next = await askUnless(NOT_UNDERSTOOD, session, coming, bindings)
  if (next === undefined) return 'different'
  if (isSame(now, next)) return 'same'
  return await askUnless(DIVISION_BY_ZERO, session, filled, bindings) === undefined ? 'unsure' : 'different'
}

/** Rows are counted and hashed where they are, in whatever order they come: no value leaves the database, and none is kept. */
async function ask (session: Session, sql: string, bindings: readonly unknown[]): Promise<Answer> {
  const [answer] = await session.query<Answer>(`
    select count(*)::int as rows, coalesce(sum(pg_catalog.hashtextextended(vintage_row::text, 0)::numeric), 0)::text as digest, clock_timestamp() as at
    from (select * from (${sql}\n) as vintage_rows limit ${MAX_ROWS + 1}) as vintage_row`, bindings)
  return present(answer)
}

/** @returns undefined where it fails with such an SQLSTATE; the transaction goes on */
async function askUnless (expected: RegExp, session: Session, sql: string, bindings: readonly unknown[]): Promise<Answer | undefined> {
  await session.query('savepoint vintage_form')
  try {
    return await ask(session, sql, bindings)
  } catch (error) {
    if (!expected.test(String(codeOf(error)))) throw error
    await session.query('rollback to savepoint vintage_form')
    return undefined
  }
}

function isSame (one: Answer, other: Answer): boolean {
  return one.rows === other.rows && one.digest === other.digest
}
