import { Command } from 'commander'
import type { SweepResult } from '../../data/operator.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { addStepLimits, withOperator, type StepLimits } from '../operator-session.js'

interface SweepOptions extends StepLimits {
  readonly dryRun?: boolean
}

/** `vintage sweep`: objects of ours that no transition has. */
export function sweepCommand (act: Act): Command {
  const command = new Command('sweep')
    .summary('take away what killed runs have left')
    .description('Lists triggers, functions, markers and twin indexes of ours that belong to no transition in its present phase, constraints and unique indexes of the new side that stand in the way before `read-new`, indexes that a killed build has left invalid, and what killed calls of `online(knex)` have left, and takes them away. Columns of either side, and what somebody else has made, are never touched.')
    .option('--dry-run', 'list them with the statements that would run, and run none')
  return addStepLimits(command)
    .addHelpText('after', `
Examples:
  vintage sweep --dry-run
  vintage sweep`)
    .action(act(runSweep))
}

async function runSweep (context: CliContext, { dryRun = false, ...limits }: SweepOptions): Promise<ExitCode> {
  return await withOperator(context, limits, async (operator) => {
    const result = await operator.sweep({ dryRun })
    context.output.result(result, describeResult(result))
    return EXIT.done
  })
}

function describeResult ({ swept, objects }: SweepResult): string {
  if (objects.length === 0) return 'nothing is left over'
  return objects.map(({ kind, name, table, statement }) => `${swept ? 'gone' : 'left over'}: ${kind} ${name}${table === null ? '' : ` of ${table}`}${swept ? '' : `\n  ${statement};`}`).join('\n')
}
