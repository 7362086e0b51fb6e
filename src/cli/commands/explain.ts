import { Command, Option } from 'commander'
import type { FastifyInstance } from 'fastify'
import { ConfigError, UsageError } from '../../errors.js'
import { inspectionsOf } from '../../http/inspection.js'
import { describeExplanation, type Explanation } from '../../versioning/explain.js'
import { bootApp } from '../check/boot-app.js'
import { describeProblem } from '../check/problem.js'
import type { Act, CliContext } from '../context.js'
import { codeOf, EXIT, type ExitCode } from '../exit-codes.js'

type Direction = Explanation['direction']

interface ExplainOptions {
  readonly direction?: Direction
}

/** `vintage explain`: how does a schema get from a version to head, and back? */
export function explainCommand (act: Act): Command {
  return new Command('explain')
    .summary('show the changes and the code between a version and head')
    .description('Starts the app of the config and shows how values of a schema, or of a place, get from a version to head and back: the changes in the order in which a value takes them, and the code that was made of them.')
    .argument('<schema>', 'an `$id` such as `User`, or a place such as `GET /users 200`')
    .argument('<version>', 'a released version')
    .addOption(new Option('--direction <direction>', 'one way only; a place is used in one way anyhow').choices(['upgrade', 'downgrade']))
    .addHelpText('after', `
Examples:
  vintage explain User 2024-01-01
  vintage explain User 2024-01-01 --direction upgrade
  vintage explain 'POST /users body' 2024-01-01 --json`)
    .action(act(runExplain))
}

async function runExplain ({ loadConfig, output }: CliContext, name: string, version: string, { direction }: ExplainOptions): Promise<ExitCode> {
  const config = await loadConfig()
  if (config.app === undefined) throw new ConfigError(`${config.file} names no \`app\`: what there is to explain is derived from its schemas.`)
  const directions: Direction[] = direction === undefined ? ['upgrade', 'downgrade'] : [direction]
  const { problems, found } = await bootApp(config.app, (app) => explainIn(app, name, version, directions))
  if (found === null) {
    output.result({ ok: false, problems }, problems.map(describeProblem).join('\n'))
    return EXIT.failed
  }
  if (found instanceof Error) throw found
  output.result({ ok: true, explanations: found }, found.map(describeExplanation).join('\n\n'))
  return EXIT.done
}

/** Asks the registrations of the plugin in turn, as versions and schemas may be known to one of them only. */
function explainIn (app: FastifyInstance, name: string, version: string, directions: readonly Direction[]): readonly Explanation[] | Error {
  let refused: Error = new ConfigError('The app of the config does not register `fastify-vintage`, so there is nothing to explain.')
  for (const { vintage } of inspectionsOf(app)) {
    try {
      const explanations = directions.map((direction) => vintage.explain(name, version, { direction }))
      return explanations.filter((one, index) => explanations.findIndex(({ direction }) => direction === one.direction) === index)
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused = new UsageError(error.message)
    }
  }
  return refused
}

function isRefusal (error: unknown): error is Error {
  const code = codeOf(error)
  return code === 'FST_ERR_VINTAGE_UNKNOWN_SCHEMA' || code === 'FST_ERR_VINTAGE_UNKNOWN_VERSION' || code === 'FST_ERR_VINTAGE_AMBIGUOUS_SCHEMA'
}
