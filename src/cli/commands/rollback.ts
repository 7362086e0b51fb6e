import { Command } from 'commander'
import type { Phase } from '../../data/phases.js'
import { chooseTransition } from '../choose-transition.js'
import { confirm } from '../confirm.js'
import type { Act, CliContext } from '../context.js'
import { describeMove, moveDocument } from '../describe-move.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { addBlockers, addStepLimits, withOperator, type StepLimits } from '../operator-session.js'
import { phaseOption } from '../parse-option.js'

interface RollbackOptions extends StepLimits {
  readonly to: Phase
  readonly yes?: boolean
}

/** `vintage rollback --to <phase>`: back to an earlier phase. */
export function rollbackCommand (act: Act): Command {
  const command = new Command('rollback')
    .summary('take a transition back to an earlier phase')
    .description('Takes a transition back, phase by phase. Both sides stay in sync, so nothing that was written is lost. There is no way back from `drop`.')
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addOption(phaseOption('the phase to go back to').makeOptionMandatory())
    .option('--yes', 'do not ask; needed where there is no terminal')
  return addBlockers(addStepLimits(command))
    .addHelpText('after', `
Examples:
  vintage rollback --to dual-write
  vintage rollback users.full_name --to read-new --yes`)
    .action(act(runRollback))
}

async function runRollback (context: CliContext, named: string | undefined, options: RollbackOptions): Promise<ExitCode> {
  return await withOperator(context, options, async (operator) => {
    const status = await operator.status()
    const chosen = chooseTransition(status, named)
    const { to, yes = false } = options
    if (chosen !== undefined && chosen.phase !== null) await confirm(context.io, `${chosen.transition}: goes back from ${chosen.phase} to ${to}.`, yes)
    const transition = chosen?.transition ?? named
    const result = await operator.rollback({ ...(transition === undefined ? {} : { transition }), to })
    const document = moveDocument(result, status)
    context.output.result(document, describeMove(document))
    return EXIT.done
  })
}
