import { Command } from 'commander'
import type { Operator, PauseResult, StepOptions } from '../../data/operator.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { DEFAULT_LIMITS, withOperator } from '../operator-session.js'

/** `vintage pause`: a backfill stops after the batch in hand. */
export function pauseCommand (act: Act): Command {
  return commandOf('pause', act, async (operator, options) => await operator.pause(options))
    .summary('let a backfill wait, and no step begin')
    .description('Pauses a transition: a backfill that runs anywhere stops after the batch in hand and waits, and no step begins. Nothing is undone, and both sides stay in sync meanwhile.')
}

/** `vintage resume`: a pause is taken back. */
export function resumeCommand (act: Act): Command {
  return commandOf('resume', act, async (operator, options) => await operator.resume(options))
    .summary('take a pause back')
    .description('Takes a pause back: a backfill that waits goes on by itself, and steps may begin again.')
}

type Change = (operator: Operator, options: StepOptions) => Promise<PauseResult>

function commandOf (name: string, act: Act, change: Change): Command {
  return new Command(name)
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addHelpText('after', `
Examples:
  vintage ${name}
  vintage ${name} users.full_name`)
    .action(act(async (context: CliContext, transition: string | undefined) => await changePause(context, transition, change)))
}

async function changePause (context: CliContext, transition: string | undefined, change: Change): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const result = await change(operator, transition === undefined ? {} : { transition })
    const { paused } = result
    context.output.result(result, paused === null ? `${result.transition}: not paused, at ${result.phase}` : `${result.transition}: paused by ${paused.by} since ${paused.since}, at ${result.phase}`)
    return EXIT.done
  })
}
