import { Command } from 'commander'
import type { MigrateResult, Status } from '../../data/operator.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { describeNextSteps, standingOf } from '../next-step.js'
import { addBlockers, addStepLimits, addSubscribersReady, withOperator, type StepLimits } from '../operator-session.js'

interface MigrateOptions extends StepLimits {
  readonly to?: string
}

/** `vintage migrate`: knex migrations and the beginning of transitions, in one order. */
export function migrateCommand (act: Act): Command {
  const command = new Command('migrate')
    .summary('run knex migrations and begin transitions, in one order')
    .description('Runs the knex migrations that have not run yet, and begins transitions: their columns are added and the triggers created, so that both sides are in sync from then on. Old builds do not notice. On an empty table all phases are taken at once.')
    .option('--to <name>', 'the migration or transition to stop after')
  return addSubscribersReady(addBlockers(addStepLimits(command)))
    .addHelpText('after', `
Examples:
  vintage migrate
  vintage migrate --to 20261020_users_email`)
    .action(act(runMigrate))
}

async function runMigrate (context: CliContext, options: MigrateOptions): Promise<ExitCode> {
  return await withOperator(context, options, async (operator) => {
    const result = await operator.migrate(options.to === undefined ? {} : { to: options.to })
    const status = await operator.status()
    context.output.result(result, describeResult(result, status))
    return EXIT.done
  })
}

function describeResult ({ migrations, transitions }: MigrateResult, { transitions: all }: Status): string {
  const standings = all.map(standingOf)
  const next = describeNextSteps(standings.filter(({ phase }) => phase !== 'drop'), standings)
  const done = migrations.length + transitions.length === 0
    ? ['nothing to do: every migration has run and every transition has begun']
    : [
        ...migrations.map((migration) => `migration ${migration}`),
        ...transitions.map(({ transition, phase, fresh }) => `transition ${transition}: ${phase}${fresh ? ' (the table is empty)' : ''}`)
      ]
  return [...done, ...next].join('\n')
}
