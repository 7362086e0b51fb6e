import { endWithNpm } from './end-with-npm.js'
import { command, look, runRound } from './chaos/walk.js'
import { createGround, type Ground } from './chaos/ground.js'
import { judgeCounts } from './chaos/oracle.js'
import { FAULTS, roundsOf, type Fault, type Phase } from './chaos/schedule.js'
import { findLeftBehind, readTable } from './chaos/table.js'

// Walks a transition forward and back while five processes read and write, and faults come in an order that a seed gives.
const MOST_SECONDS = 600
const SECONDS = Math.min(MOST_SECONDS, Number(process.env.VINTAGE_CHAOS_SECONDS ?? 60))
const SEED = Number(process.env.VINTAGE_CHAOS_SEED ?? Math.floor(Math.random() * 1_000_000))
/** a machine that is busy gets so much longer to see each kind of fault once */
const GRACE_SECONDS = 120

if (!(SECONDS > 0) || !Number.isInteger(SEED)) throw new TypeError('VINTAGE_CHAOS_SECONDS is a number above 0, VINTAGE_CHAOS_SEED a whole one')

endWithNpm()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())

interface Run {
  readonly landed: Map<Fault, number>
  passed: number
  failed: number
}

const began = performance.now()
const elapsedSeconds = (): number => (performance.now() - began) / 1000

function isOver ({ landed, failed }: Run): boolean {
  if (interrupted.signal.aborted || failed > 0) return true
  return elapsedSeconds() > Math.min(MOST_SECONDS, SECONDS + (landed.size === FAULTS.length ? 0 : GRACE_SECONDS))
}

function check (run: Run, what: string, problems: readonly string[]): void {
  if (problems.length === 0) run.passed++
  else run.failed++
  console.log(`${problems.length === 0 ? '✔' : '✖'} ${elapsedSeconds().toFixed(1)} s: ${what}`)
  for (const problem of problems.slice(0, 10)) console.log(`  ${problem}`)
}

/** From a table whose rows are still to be filled through all faults once, and back to where it began. */
async function playDeck (ground: Ground, run: Run, deck: number): Promise<void> {
  await ground.startApps()
  let at: Phase = 'dual-write'
  for (const round of roundsOf(SEED, deck)) {
    const { landed, problems } = await runRound(ground, at, round)
    if (landed) run.landed.set(round.fault, (run.landed.get(round.fault) ?? 0) + 1)
    check(run, `${round.fault}${landed ? '' : ' (missed)'}, ${at} → ${round.to}`, problems)
    at = round.to
    if (isOver(run)) return
  }
  await ground.stopApps()
  check(run, 'back to expand without apps', [...await command(ground, 'rollback', 'expand'), ...await look(ground)])
  check(run, 'dual-write again', [...await command(ground, 'advance', 'dual-write'), ...await look(ground)])
}

async function finish (ground: Ground, run: Run): Promise<void> {
  check(run, 'on to drop', await command(ground, 'advance', 'drop'))
  await ground.stopTraffic()
  const client = await ground.connect('oracle')
  const { rows } = await readTable(client)
  check(run, 'at the end: all writes there, nothing left behind', [...await look(ground), ...judgeCounts(await ground.readLogs(), rows), ...await findLeftBehind(client)])
  await client.end()
  const entries = await ground.readLogs()
  const count = (kind: string): number => entries.filter((entry) => entry.kind === kind).length
  console.log(`${count('told')} writes acknowledged, ${count('read')} rows read, ${count('error')} statements refused or cut`)
  check(run, 'there was traffic', count('told') > 100 && count('read') > 50 ? [] : ['next to nothing was written or read'])
}

async function runChaos (run: Run): Promise<void> {
  const ground = await createGround(SEED)
  try {
    check(run, 'migrate', await command(ground, 'migrate', ''))
    for (let deck = 0; !isOver(run); deck++) await playDeck(ground, run, deck)
    if (run.failed === 0 && !interrupted.signal.aborted) await finish(ground, run)
  } finally {
    await ground.close()
  }
}

const run: Run = { landed: new Map(), passed: 0, failed: 0 }
console.log(`seed ${SEED}, ${SECONDS} s`)
await runChaos(run).catch((error: unknown) => check(run, 'the run itself', [error instanceof Error ? String(error.stack) : String(error)]))
console.log(FAULTS.map((fault) => `${fault}: ${run.landed.get(fault) ?? 0}`).join(', '))
// a run that has ended early says nothing of the faults that were still to come
if (run.failed === 0) check(run, 'each kind of fault has landed', FAULTS.filter((fault) => !run.landed.has(fault)))
if (run.failed > 0) console.log(`to see it again: VINTAGE_CHAOS_SEED=${SEED} VINTAGE_CHAOS_SECONDS=${SECONDS} npm run test:chaos`)
console.log(`${run.passed} passed, ${run.failed} failed`)
process.exitCode = run.failed === 0 ? 0 : 1
