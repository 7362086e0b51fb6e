import { setTimeout as sleep } from 'node:timers/promises'
import { endWithNpm } from './end-with-npm.js'
import { APP_LEASE_MS } from './chaos/fleet.js'
import { command, commandBoth, look, runRound } from './chaos/walk.js'
import { createGround, type Ground } from './chaos/ground.js'
import type { Entry } from './chaos/log.js'
import { NAME, POINTS } from './chaos/people.js'
import { FAULTS, roundsOf, type Fault, type Phases, type Victim } from './chaos/schedule.js'
import { mend } from './chaos/set-aside.js'
import { findLeftBehind, readTable } from './chaos/table.js'

// Walks two transitions of one table forward and back while five processes read and write, and faults come in an order that a seed gives.
const MOST_SECONDS = 600
/** absent: until so many processes were killed and each kind of fault has landed */
const SECONDS = process.env.VINTAGE_CHAOS_SECONDS === undefined ? undefined : Math.min(MOST_SECONDS, Number(process.env.VINTAGE_CHAOS_SECONDS))
const ENOUGH_KILLS = 100
const SEED = Number(process.env.VINTAGE_CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))
const CALM_REQUESTS_PER_SECOND = 200
/** a machine that is busy gets so much longer to see each kind of fault once */
const GRACE_SECONDS = 120

if (!((SECONDS ?? MOST_SECONDS) > 0) || !Number.isInteger(SEED)) throw new TypeError('VINTAGE_CHAOS_SECONDS is a number above 0, VINTAGE_CHAOS_SEED a whole one')

endWithNpm()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

interface Run {
  readonly landed: Map<Fault, number>
  readonly killed: Record<Victim, number>
  passed: number
  failed: number
  /** when all processes were there */
  readyAt: number
}

const began = performance.now()
const elapsedSeconds = (): number => (performance.now() - began) / 1000
const killsOf = ({ killed }: Run): number => killed.worker + killed.operator + killed.app

function isOver (run: Run): boolean {
  if (interrupted.signal.aborted || run.failed > 0) return true
  const hasAll = run.landed.size === FAULTS.length
  if (SECONDS === undefined) return (hasAll && killsOf(run) >= ENOUGH_KILLS) || elapsedSeconds() > MOST_SECONDS - 30
  return elapsedSeconds() > Math.min(MOST_SECONDS - 30, run.readyAt + SECONDS + (hasAll ? 0 : GRACE_SECONDS))
}

function check (run: Run, what: string, problems: readonly string[]): void {
  if (problems.length === 0) run.passed++
  else run.failed++
  console.log(`${problems.length === 0 ? '✔' : '✖'} ${elapsedSeconds().toFixed(1)} s: ${what}`)
  for (const problem of problems.slice(0, 10)) console.log(`  ${problem}`)
}

/** From a table whose rows are still to be filled through all faults once, and back to where it began. */
async function playDeck (ground: Ground, run: Run, deck: number): Promise<void> {
  await ground.fleet.startApps()
  let at: Phases = { [NAME]: 'dual-write', [POINTS]: 'dual-write' }
  for (const round of roundsOf(SEED, deck)) {
    const { landed, killed = {}, problems } = await runRound(ground, at, round)
    if (landed > 0) run.landed.set(round.fault, (run.landed.get(round.fault) ?? 0) + landed)
    for (const victim of ['worker', 'operator', 'app'] as const) run.killed[victim] += killed[victim] ?? 0
    check(run, `${round.fault}${landed === 0 ? ' (missed)' : landed > 1 ? ` × ${landed}` : ''}, names ${at[NAME]} → ${round.to[NAME]}, points ${at[POINTS]} → ${round.to[POINTS]}`, problems)
    at = round.to
    if (isOver(run)) return
  }
  await ground.fleet.stopApps()
  // one that was killed a moment ago counts as there until its lease has run out
  await sleep(APP_LEASE_MS)
  check(run, 'back to expand without apps', [...await commandBoth(ground, 'rollback', 'expand'), ...await look(ground)])
  check(run, 'dual-write again', [...await commandBoth(ground, 'advance', 'dual-write'), ...await look(ground)])
}

async function finish (ground: Ground, run: Run): Promise<void> {
  check(run, 'on to drop', [...await mendIfVisible(ground), ...await commandBoth(ground, 'advance', 'drop'), ...await look(ground)])
  await ground.fleet.stopAll()
  const client = await ground.connect('oracle')
  // what was read last is judged by a look that comes later
  const looks = [...await look(ground), ...await look(ground)]
  const { rows } = await readTable(client)
  check(run, 'at the end: all writes there, nothing left behind', [...looks, ...ground.oracle.judgeCounts(rows), ...await findLeftBehind(client)])
  await client.end()
}

/** While the old columns are hidden no score can be bad. */
async function mendIfVisible (ground: Ground): Promise<string[]> {
  const back = await command(ground, 'rollback', POINTS, 'dual-write')
  return [...back, ...await mend(ground)]
}

/** What the traffic was to do, and did. */
function judgeTraffic (ground: Ground, run: Run): void {
  const count = (kind: Entry['kind']): number => ground.logged.get(kind) ?? 0
  console.log(`${count('told')} writes acknowledged, ${count('read')} values read, ${count('inserted')} rows inserted, ${count('deleted')} deleted, ${count('moved')} keys changed, ${count('error')} statements refused or cut`)
  const few = (['inserted', 'deleted', 'moved'] as const).filter((kind) => count(kind) === 0)
  check(run, 'there was traffic', count('told') > 100 && count('read') > 50 && few.length === 0 ? [] : ['next to nothing was written or read'])
}

/** What the faults are measured against: without them nothing of ours may fail. */
function checkCalm ({ calm }: Ground, run: Run): void {
  const { requestsPerSecond, problems, ownErrors, otherErrors } = calm
  // a short run is for a machine that does other work as well
  const slow = SECONDS === undefined && requestsPerSecond < CALM_REQUESTS_PER_SECOND ? [`fewer than ${CALM_REQUESTS_PER_SECOND}`] : []
  const unknown = otherErrors.filter((error) => !/^(?:42703|0A000)/.test(error))
  check(run, `D11 every phase there and back without faults, ${requestsPerSecond.toFixed(0)} requests a second of which none of ours failed`, [...slow, ...ownErrors, ...unknown, ...problems])
}

async function runChaos (run: Run): Promise<void> {
  const ground = await createGround(SEED)
  try {
    checkCalm(ground, run)
    check(run, 'migrate', await command(ground, 'migrate', '-', '-'))
    run.readyAt = elapsedSeconds()
    for (let deck = 0; !isOver(run); deck++) await playDeck(ground, run, deck)
    if (run.failed > 0 || interrupted.signal.aborted) return
    await finish(ground, run)
    judgeTraffic(ground, run)
  } finally {
    await ground.close()
  }
}

const run: Run = { landed: new Map(), killed: { worker: 0, operator: 0, app: 0 }, passed: 0, failed: 0, readyAt: 0 }
console.log(`seed ${SEED}, ${SECONDS === undefined ? `until ${ENOUGH_KILLS} processes were killed, ${MOST_SECONDS} s at most` : `${SECONDS} s`}`)
await runChaos(run).catch((error: unknown) => check(run, 'the run itself', [error instanceof Error ? String(error.stack) : String(error)]))
console.log(FAULTS.map((fault) => `${fault}: ${run.landed.get(fault) ?? 0}`).join(', '))
console.log(`killed with -9: ${killsOf(run)} (${run.killed.worker} while they filled rows, ${run.killed.operator} other operators, ${run.killed.app} apps)`)
// a run that has ended early says nothing of the faults that were still to come
if (run.failed === 0) {
  check(run, 'each kind of fault has landed', FAULTS.filter((fault) => !run.landed.has(fault)))
  if (SECONDS === undefined) check(run, `${ENOUGH_KILLS} processes were killed`, killsOf(run) >= ENOUGH_KILLS ? [] : [`${killsOf(run)} only`])
}
if (run.failed > 0) console.log(`to see it again: VINTAGE_CHAOS_SEED=${SEED} ${SECONDS === undefined ? '' : `VINTAGE_CHAOS_SECONDS=${SECONDS} `}npm run test:chaos`)
console.log(`${run.passed} passed, ${run.failed} failed`)
process.exitCode = run.failed === 0 ? 0 : 1
