import { Command } from 'commander'
import { loadTransitions } from '../../data/load-transitions.js'
import { loadHistory } from '../../versioning/load.js'
import { bootApp } from '../check/boot-app.js'
import { describeProblem, problemOf, type Problem } from '../check/problem.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import type { LoadedConfig } from '../load-config.js'
import { formatNumber } from '../units.js'

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
  readonly problems: readonly Problem[]
}

/** `vintage check`: do the version files hold what they promise? */
export function checkCommand (act: Act): Command {
  return new Command('check')
    .summary('check version files and transitions')
    .description('Loads the version files and the transitions, runs the laws of every change on generated values, and starts the app of the config, if it names one, to see whether the changes fit its schemas. Needs no database of its own. Exit code 1 when there is a problem.')
    .addHelpText('after', `
Examples:
  vintage check
  vintage check --json`)
    .action(act(runCheck))
}

async function runCheck ({ loadConfig, output }: CliContext): Promise<ExitCode> {
  const config = await loadConfig()
  const history = await loadHistory(config.versions, config)
  const { laws } = await import('../../versioning/laws.js')
  const broken = (await laws(history)).map((violation): Problem => ({ kind: 'law', ...violation }))
  const { names, problems: misdefined } = await checkTransitions(config)
  const misfits = config.app === undefined ? [] : await bootApp(config.app)
  const problems = [...broken, ...misdefined, ...misfits]
  const document: CheckDocument = {
    ok: problems.length === 0,
    versions: history.versions,
    changes: history.versions.flatMap((version) => history.changesOf(version)).length,
    transitions: names,
    app: config.app !== undefined,
    problems
  }
  output.result(document, describeCheck(document))
  return document.ok ? EXIT.done : EXIT.failed
}

async function checkTransitions (config: LoadedConfig): Promise<{ names: string[], problems: Problem[] }> {
  try {
    const transitions = await loadTransitions(config.transitions, config)
    return { names: transitions.map(({ name }) => name), problems: [] }
  } catch (error) {
    return { names: [], problems: [problemOf('transition', error)] }
  }
}

function describeCheck ({ ok, versions, changes, transitions, app, problems }: CheckDocument): string {
  const checked = [formatNumber(versions.length, 'version'), formatNumber(changes, 'change'), formatNumber(transitions.length, 'transition'), ...(app ? ['the app'] : [])].join(', ')
  if (ok) return `all is well: ${checked}`
  return [...problems.map(describeProblem), '', `${formatNumber(problems.length, 'problem')} in ${checked}`].join('\n')
}
