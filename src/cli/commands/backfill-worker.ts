import { Command, Option } from 'commander'
import { RefusedStepError } from '../../errors.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { addWorkers, DEFAULT_LIMITS, withOperator } from '../operator-session.js'
import { parseDuration, parseSeconds } from '../parse-option.js'

interface WorkerOptions {
  readonly workers: number
  /** ms */
  readonly wait: number
  /** ms */
  readonly for?: number
}

/** `vintage backfill-worker`: another process that fills the ranges of a backfill that runs. */
export function backfillWorkerCommand (act: Act): Command {
  const command = new Command('backfill-worker')
    .summary('help a backfill that runs elsewhere')
    .description('Fills rows beside a `vintage advance` that runs in another process or on another machine, within its limits, until no row is left for it. It stops when that operator does. Each range of keys is filled by one worker at a time; the range of one that dies is taken up by another.')
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addOption(new Option('--wait <seconds>', 'how long to wait until an operator is at work').argParser(parseSeconds).default(DEFAULT_LIMITS.wait, '30'))
    .addOption(new Option('--for <duration>', 'stop after this time, be rows left or not (default: when none are left)').argParser(parseDuration))
  return addWorkers(command)
    .addHelpText('after', `
Examples:
  vintage backfill-worker
  vintage backfill-worker users.full_name --workers 4 --for 30m`)
    .action(act(runWorker))
}

async function runWorker (context: CliContext, transition: string | undefined, { workers, wait, for: forMs }: WorkerOptions): Promise<ExitCode> {
  return await withOperator(context, { ...DEFAULT_LIMITS, workers, wait }, async (operator) => {
    const result = await operator.joinBackfill({ ...(transition === undefined ? {} : { transition }), ...(forMs === undefined ? {} : { forMs }) })
    if (result.outcome === 'none') throw new RefusedStepError(`transition \`${result.transition}\`: no operator is filling its rows: \`vintage advance ${result.transition} --to backfill\` does`)
    context.output.result(result, `${result.transition}: ${result.outcome === 'filled' ? 'no range of keys is left to fill' : 'the time given is over, and ranges of keys are left to fill'}`)
    return EXIT.done
  })
}
