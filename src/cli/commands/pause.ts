import { Command } from 'commander'
import type { Operator, PauseResult } from '../../data/operator.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { DEFAULT_LIMITS, withOperator } from '../operator-session.js'

/** `vintage pause`: a backfill stops after the batch in hand. */
export function pauseCommand (act: Act): Command {
  return new Command('pause')
    .summary('let a backfill wait, and no step begin')
    .description('Pauses a transition: a backfill that runs anywhere stops after the batch in hand and waits, and no step begins. Nothing is undone, and both sides stay in sync meanwhile.')
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addHelpText('after', `
Examples:
  vintage pause
  vintage pause users.full_name`)
    .action(act(async (context: CliContext, transition: string | undefined) =>
      await changePause(context, transition, async (operator, options) => await operator.pause(options))))
}

/** `vintage resume`: a pause is taken back. */
export function resumeCommand (act: Act): Command {
  return new Command('resume')
    .summary('take a pause back')
    .description('Takes a pause back: a backfill that waits goes on by itself, and steps may begin again.')
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addHelpText('after', `
Examples:
  vintage resume
  vintage resume users.full_name`)
    .action(act(async (context: CliContext, transition: string | undefined) =>
      await changePause(context, transition, async (operator, options) => await operator.resume(options))))
}

async function changePause (context: CliContext, transition: string | undefined, change: (operator: Operator, options: { transition?: string }) => Promise<PauseResult>): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const result = await change(operator, transition === undefined ? {} : { transition })
    const { paused } = result
    context.output.result(result, paused === null ? `${result.transition}: not paused, at ${result.phase}` : `${result.transition}: paused by ${paused.by} since ${paused.since}, at ${result.phase}`)
    return EXIT.done
  })
}
