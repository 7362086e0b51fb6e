import { Command, Option } from 'commander'
import { phaseDistance, PHASES, type Phase } from '../../data/phases.js'
import type { PlanResult, Status, TransitionStatus } from '../../data/operator.js'
import type { Transition } from '../../data/transition.js'
import { chooseTransition } from '../choose-transition.js'
import { confirm } from '../confirm.js'
import type { Act, CliContext } from '../context.js'
import { describeMove, moveDocument } from '../describe-move.js'
import { describePlan } from '../describe-plan.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { standingOf } from '../next-step.js'
import { addBackfillLimits, addBlockers, addFireTriggers, addStepLimits, addSubscribersReady, withOperator, type StepLimits } from '../operator-session.js'
import { parseDuration, phaseOption } from '../parse-option.js'

interface AdvanceOptions extends StepLimits {
  readonly to?: Phase
  readonly yes?: boolean
  readonly dryRun?: boolean
}

/** `vintage advance`: one phase on, or all up to `--to`. */
export function advanceCommand (act: Act): Command {
  const command = new Command('advance')
    .summary('take a transition to its next phase')
    .description(`Takes a transition one phase on, or up to \`--to\`. The phases are ${PHASES.join(', ')}. It waits until every instance has acknowledged the phase before; running it again after an interruption goes on where it stopped.`)
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addOption(phaseOption('the phase to reach (default: the next one)'))
    .addOption(new Option('--stray-window <duration>', '`hide` is refused while somebody has written the old side within this time (default: 10m)').argParser(parseDuration))
    .addOption(new Option('--soak <duration>', 'how long the phase before must have lasted for `hide` and `drop` (default: 0s)').argParser(parseDuration))
    .option('--dry-run', 'print the statements that it would run, each with its lock, and run none')
    .option('--yes', 'do not ask before `hide` and `drop`; needed for them where there is no terminal')
  return addSubscribersReady(addFireTriggers(addBackfillLimits(addBlockers(addStepLimits(command)))))
    .addHelpText('after', `
Examples:
  vintage advance
  vintage advance users.full_name --to read-new
  vintage advance --to drop --yes --wait 120 --soak 3d`)
    .action(act(runAdvance))
}

async function runAdvance (context: CliContext, named: string | undefined, options: AdvanceOptions): Promise<ExitCode> {
  return await withOperator(context, options, async (operator, transitions) => {
    const status = await operator.status()
    const chosen = chooseTransition(status, named)
    if (named === undefined && isAllDone(status)) return sayAllDone(context)
    const transition = chosen?.transition ?? named
    const choice = transition === undefined ? {} : { transition }
    if (options.dryRun === true) return sayPlan(context, await operator.plan({ ...choice, ...(options.to === undefined ? {} : { to: options.to }) }))
    // what was confirmed is what is done, even if somebody else takes a step in between
    const to = options.to ?? (chosen === undefined ? null : standingOf(chosen).next) ?? undefined
    if (chosen !== undefined && to !== undefined) await confirmContract(context, chosen, to, options, transitions)
    const result = await operator.advance({ ...choice, ...(to === undefined ? {} : { to }) })
    const document = moveDocument(result, status)
    context.output.result(document, describeMove(document))
    return EXIT.done
  })
}

function sayPlan ({ output }: CliContext, plan: PlanResult): ExitCode {
  output.result(plan, describePlan(plan))
  return EXIT.done
}

function isAllDone ({ transitions }: Status): boolean {
  return transitions.length > 0 && transitions.every(({ phase }) => phase === 'drop')
}

function sayAllDone ({ output }: CliContext): ExitCode {
  output.result({ steps: [], next: { command: null, does: 'every transition is done' } }, 'nothing to do: every transition is done')
  return EXIT.done
}

/** The two steps of contract are those that a session which still names the old columns notices. */
async function confirmContract (
  { io }: CliContext, { transition, table, phase }: TransitionStatus, to: Phase, { yes = false }: AdvanceOptions, transitions: readonly Transition[]
): Promise<void> {
  if (phase === null) return
  const enters = (step: Phase): boolean => phaseDistance(phase, step) > 0 && phaseDistance(step, to) >= 0
  const definition = transitions.find(({ name }) => name === transition)
  const columns = definition === undefined ? 'the old columns' : Object.keys(definition.before).join(', ')
  if (enters('drop')) await confirm(io, `${transition}: \`drop\` drops ${columns} of table ${table} for good; there is no way back.`, yes)
  else if (enters('hide')) await confirm(io, `${transition}: \`hide\` renames ${columns} of table ${table}: every session that still names them fails. \`vintage rollback --to read-new\` brings them back.`, yes)
}
