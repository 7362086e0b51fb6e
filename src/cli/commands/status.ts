import { Command } from 'commander'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { nextStepOf, standingOf } from '../next-step.js'
import { DEFAULT_LIMITS, withOperator } from '../operator-session.js'
import { describeCopy } from '../status/describe-status.js'
import { statusTables } from '../status/status-tables.js'

/** `vintage status`: where every transition stands. */
export function statusCommand (act: Act): Command {
  return new Command('status')
    .summary('where every transition stands')
    .description('Shows every transition with its phase and since when, the rows still to be filled, how the backfill comes on, what each live instance has acknowledged, who fills which keys, and the next command. It only reads.')
    .addHelpText('after', `
Examples:
  vintage status
  vintage status --json`)
    .action(act(runStatus))
}

async function runStatus (context: CliContext): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const { copyOf, transitions } = await operator.status()
    const standings = transitions.map(standingOf)
    const document = { copyOf, transitions: transitions.map((status) => ({ ...status, nextStep: nextStepOf(standingOf(status), standings) })) }
    context.output.result(document, [...describeCopy(copyOf), statusTables(transitions, context.output.colors, new Date())].join('\n'))
    return EXIT.done
  })
}
