import type { Knex } from 'knex'
import type { Phase } from '../../../src/data/phases.js'
import type { Ground } from './ground.js'
import type { Step } from './steps.js'

/** What became of one step. */
type Outcome = { readonly rows: unknown } | { readonly error: string, readonly message: string }

/** How often each form gave the same on both sides, or was refused, or failed alike on both. */
export interface Tally {
  readonly served: Map<string, number>
  readonly refused: Map<string, number>
  readonly failed: Map<string, number>
}

export const newTally = (): Tally => ({ served: new Map(), refused: new Map(), failed: new Map() })

const count = (counts: Map<string, number>, key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1)

const CONTENT = 'select id, email, rank, tags, full_name, points, profile, handle from users order by id; select * from people order by id; select live.out_of_sync() as out_of_sync'

/**
 * Runs a program on both tables, comparing after every step and at the end.
 *
 * @throws where the two differ, saying where
 */
export async function runProgram (ground: Ground, phase: Phase, program: readonly Step[], tally: Tally): Promise<void> {
  const { live, plain, root, restore } = ground
  await root.raw("select setval('live.users_id_seq', 1000), setval('plain.users_id_seq', 1000)")
  const commits = program.some((step) => step.commits)
  const transactions = commits ? [] : await Promise.all([live.transaction(), plain.transaction()])
  const [mine = live, theirs = plain]: Knex[] = transactions
  try {
    await compareSteps(ground, phase, program, [mine, theirs], tally)
  } catch (cause) {
    throw Object.assign(new Error(`${String(cause)}\n  program at ${phase}:\n    ${program.map(({ text }) => text).join('\n    ')}`), { cause })
  } finally {
    for (const transaction of transactions) await transaction.rollback()
    if (commits || program.some(({ rival }) => rival !== undefined)) await restore()
  }
}

async function compareSteps (ground: Ground, phase: Phase, program: readonly Step[], [live, plain]: [Knex, Knex], tally: Tally): Promise<void> {
  for (const step of program) {
    const mine = await outcomeOf(ground, 'live', live, step, phase)
    const expected = step.refusedAs?.(phase)
    if ('error' in mine && mine.error.startsWith('FST_')) {
      requireAllowed(step, phase, mine, expected)
      count(tally.refused, step.form)
      continue
    }
    if (expected !== undefined && phase !== 'expand') throw new Error(`is to be refused with ${expected}, but gave ${shown(mine, step)}: ${step.text}`)
    const theirs = await outcomeOf(ground, 'plain', plain, step, phase)
    requireEqual(step.text, mine, theirs, step)
    count('error' in mine ? tally.failed : tally.served, step.form)
    // the transaction is aborted
    if ('error' in mine) return
  }
  if (phase === 'expand') return
  const end = { text: 'the rows that were left', form: '', run: async (knex: Knex) => (await knex.raw(CONTENT)).map(({ rows }: { rows: unknown }) => rows), isOrdered: true }
  requireEqual(end.text, await outcomeOf(ground, 'live', live, end, phase), { rows: await contentOf(plain) }, end)
}

/** Of the table that always had the new columns nothing can be out of sync. */
async function contentOf (plain: Knex): Promise<unknown> {
  const [users, people] = await plain.raw(CONTENT)
  return [users.rows, people.rows, [{ out_of_sync: '0' }]]
}

function requireAllowed ({ text }: Step, phase: Phase, { error, message }: { error: string, message: string }, expected: string | undefined): void {
  const isEarly = phase === 'expand' && error === 'FST_ERR_VINTAGE_STATEMENT_TOO_EARLY'
  if (error !== expected && !isEarly && !(phase === 'expand' && expected !== undefined)) throw new Error(`is refused with ${error}, wanted ${expected ?? 'to be served'}: ${message}: ${text}`)
}

async function outcomeOf (ground: Ground, side: 'live' | 'plain', knex: Knex, step: Step, phase: Phase): Promise<Outcome> {
  try {
    if (step.rival === undefined || phase === 'expand') return { rows: await step.run(knex) }
    return { rows: await besideRival(ground, side, knex, step, phase) }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { error: String(error.code), message: error.message }
  }
}

/** The rival has written and not committed when the statement takes its snapshot, and commits while it waits for the lock. */
async function besideRival ({ root }: Ground, side: 'live' | 'plain', knex: Knex, { rival, run }: Step, phase: Phase): Promise<unknown> {
  const knowsOld = side === 'live' && phase !== 'hide' && phase !== 'drop'
  const sql = knowsOld ? rival?.old : rival?.head.replaceAll('?', side)
  const [{ pid }] = (await knex.raw('select pg_backend_pid() as pid')).rows
  const other = await root.transaction()
  await other.raw(String(sql))
  const state = { isDone: false }
  const running = Promise.resolve(run(knex)).finally(() => { state.isDone = true })
  running.catch(() => {})
  const isWaiting = async (): Promise<boolean> => (await root.raw('select from pg_locks where pid = ? and not granted', [pid])).rows.length > 0
  while (!state.isDone && !await isWaiting());
  await other.commit()
  return await running
}

function requireEqual (what: string, mine: Outcome, theirs: Outcome, step: Step): void {
  const [one, other] = [shown(mine, step), shown(theirs, step)]
  if (one !== other) throw new Error(`${what}\n  spanning: ${one}${'message' in mine ? ` ${mine.message}` : ''}\n  plain:    ${other}${'message' in theirs ? ` ${theirs.message}` : ''}`)
}

function shown (outcome: Outcome, { isOrdered }: Step): string {
  return JSON.stringify('error' in outcome ? outcome.error : isOrdered === true ? outcome.rows : inOrder(outcome.rows))
}

/** Rows have no order of their own, at any depth of a list of results. */
function inOrder (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder).map((item) => JSON.stringify(item) ?? '').sort()
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'rows' ? inOrder(item) : item]))
}
