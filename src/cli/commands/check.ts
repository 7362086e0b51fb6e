import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { loadTransitions } from '../../data/load-transitions.js'
import type { Transition } from '../../data/transition.js'
import type { Violation } from '../../versioning/violation.js'
import { loadHistory } from '../../versioning/load.js'
import { bootApp, type Booted } from '../check/boot-app.js'
import { checkClasses } from '../check/check-classes.js'
import { compareWithSql } from '../check/compare-sql.js'
import { inDatabase } from '../check/in-database.js'
import type { LockState } from '../check/keep-lock.js'
import { readTypes } from '../check/keep-types.js'
import { lookAtApp, type AppView } from '../check/look-at-app.js'
import { describeProblem, problemOf, type Problem } from '../check/problem.js'
import { confirm } from '../confirm.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import type { LoadedConfig } from '../load-config.js'
import { parseCount } from '../parse-option.js'
import { formatNumber } from '../units.js'

const DEFAULT_RUNS = 200

interface CheckOptions {
  readonly update?: boolean
  readonly rewriteReleased?: boolean
  readonly yes?: boolean
  readonly runs?: number
  readonly seed?: number
}

/** What `check` prints with `--json`. */
interface CheckDocument {
  readonly ok: boolean
  /** released versions, oldest first */
  readonly versions: readonly string[]
  /** how many changes they have in all */
  readonly changes: number
  /** names of the transitions */
  readonly transitions: readonly string[]
  /** whether the config names an app, which was started then */
  readonly app: boolean
  /** path of the lock of contracts; null without an app */
  readonly lock: string | null
  /** what was written to the lock, one line for each thing */
  readonly written: readonly string[]
  /** laws that could not be tried, and why */
  readonly unchecked: readonly Violation[]
  /** what could not be told of the losses of transitions, and why */
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
}

/** `vintage check`: do the version files hold what they promise? */
export function checkCommand (act: Act): Command {
  return new Command('check')
    .summary('check version files, contracts and transitions')
    .description('Loads the version files and the transitions, starts the app of the config, if it names one, to see whether the changes fit its schemas, runs the laws of every change on generated values, and compares the contracts of all released versions with `contract.lock.json` in the folder of the versions. Where a change names a transition, what both make of the same values is compared in the database of the config, and there what transitions that have not begun say of losses (`lossy`) is held against generated values; it is only computed with, and all else needs none. Exit code 1 when there is a problem.')
    .option('--update', 'write what is new into the lock: versions, places, schemas; what was released is not altered. A file that `vintage types` has written is brought up to date')
    .option('--rewrite-released', 'with `--update`: alter the contracts of released versions as well, after a question')
    .option('--yes', 'do not ask before `--rewrite-released`; needed for it where there is no terminal')
    .option('--runs <n>', 'how many values each law is tried on (default: 200)', parseCount)
    .option('--seed <n>', 'replay the values of an earlier run, which a violation names', parseCount)
    .addHelpText('after', `
Examples:
  vintage check
  vintage check --update
  vintage check --runs 2000 --json`)
    .action(act(runCheck))
}

async function runCheck (context: CliContext, options: CheckOptions): Promise<ExitCode> {
  const config = await context.loadConfig()
  const history = await loadHistory(config.versions, config)
  const { problems: misfits, found: view } = await boot(config, history.versions)
  const { tryHistory } = await import('../../versioning/laws.js')
  const effort = { runs: options.runs ?? DEFAULT_RUNS, seed: options.seed ?? Math.trunc(Math.random() * 0x7fffffff) }
  const kept = tryHistory(view?.history ?? history, view?.head ?? null, effort)
  const { transitions, problems: misdefined } = await checkTransitions(config)
  const { compared, losses, notes } = await inDatabase(config.connection, async (reach) => {
    const compared = misdefined.length > 0 ? [] : await compareWithSql(reach, history, transitions, effort)
    const { problems: losses, notes } = await checkClasses(reach, transitions)
    return { compared, losses, notes }
  })
  const violations = [...kept, ...compared]
  const broken = violations.filter(({ law }) => law !== 'not checked').map((violation): Problem => ({ kind: 'law', ...violation }))
  const found = [...misfits, ...broken, ...misdefined, ...losses, ...await checkTypes(config, view, options)]
  const { lock, written, problems: unlocked } = await checkContracts(context, config, view, options, found.length === 0)
  const problems = [...found, ...unlocked]
  const document: CheckDocument = {
    ok: problems.length === 0,
    versions: history.versions,
    changes: history.versions.flatMap((version) => history.changesOf(version)).length,
    transitions: transitions.map(({ name }) => name),
    app: config.app !== undefined,
    lock,
    written,
    unchecked: violations.filter(({ law }) => law === 'not checked'),
    notes,
    problems
  }
  context.output.result(document, describeCheck(document))
  return document.ok ? EXIT.done : EXIT.failed
}

async function boot ({ app }: LoadedConfig, versions: readonly string[]): Promise<Booted<AppView>> {
  return app === undefined ? { problems: [], found: null } : await bootApp(app, (running) => lookAtApp(running, versions))
}

async function checkTransitions (config: LoadedConfig): Promise<{ transitions: readonly Transition[], problems: Problem[] }> {
  try {
    return { transitions: await loadTransitions(config.transitions, config), problems: [] }
  } catch (error) {
    return { transitions: [], problems: [problemOf('transition', error)] }
  }
}

/** Types are kept by who wants them: a file that is not there is not missed. */
async function checkTypes (config: LoadedConfig, view: AppView | null, { update = false }: CheckOptions): Promise<Problem[]> {
  if (view === null) return []
  const { file, text, fresh } = await readTypes(config, view.catalogue)
  if (text === undefined || text === fresh) return []
  if (!update) return [{ kind: 'types', message: `${file} is stale: run \`vintage types\`` }]
  await writeFile(file, fresh)
  return []
}

interface Contracts { readonly lock: string | null, readonly written: readonly string[], readonly problems: readonly Problem[] }

/** @param sound nothing else is wrong, so that the lock may be written */
async function checkContracts (context: CliContext, config: LoadedConfig, view: AppView | null, options: CheckOptions, sound: boolean): Promise<Contracts> {
  if (view === null) return { lock: null, written: [], problems: [] }
  // values are generated by an optional peer, which other commands do without
  const { lockProblems, readLock, writeLock } = await import('../check/keep-lock.js')
  const state = await readLock(config, view.catalogue)
  const mayWrite = options.update === true && sound && await mayAlter(context, state, options)
  if (!mayWrite) return { lock: state.file, written: [], problems: lockProblems(state) }
  return { lock: state.file, written: await writeLock(state, options.rewriteReleased === true), problems: [] }
}

async function mayAlter ({ io }: CliContext, { verdict }: LockState, { rewriteReleased = false, yes = false }: CheckOptions): Promise<boolean> {
  if (verdict.alterations.length === 0) return true
  if (!rewriteReleased) return false
  await confirm(io, `This alters what released versions promise in ${formatNumber(verdict.alterations.length, 'place')}, to clients that rely on it.`, yes)
  return true
}

function describeCheck ({ ok, versions, changes, transitions, app, written, unchecked, notes, problems }: CheckDocument): string {
  const checked = [formatNumber(versions.length, 'version'), formatNumber(changes, 'change'), formatNumber(transitions.length, 'transition'), ...(app ? ['the app'] : [])].join(', ')
  const told = [...unchecked.map(({ message }) => message), ...notes]
  if (ok) return [...told, ...written, `all is well: ${checked}`].join('\n')
  return [...told, ...problems.map(describeProblem), '', `${formatNumber(problems.length, 'problem')} in ${checked}`].join('\n')
}
