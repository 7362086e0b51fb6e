import { Command } from 'commander'
import { describeOrigin } from '../../data/state/origin.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { DEFAULT_LIMITS, withOperator } from '../operator-session.js'

/** `vintage adopt`: a restored copy is taken over from its origin. */
export function adoptCommand (act: Act): Command {
  return new Command('adopt')
    .summary('take a restored copy over')
    .description('Takes a restored copy over: forgets the operators, instances and writers of the database that it was copied from, and lets its transitions go on from where they stand. In a copy every command but this one and `status` is refused before. Does nothing in a database that is none.')
    .addHelpText('after', `
Examples:
  vintage adopt
  vintage adopt --json`)
    .action(act(runAdopt))
}

async function runAdopt (context: CliContext): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const result = await operator.adopt()
    const { copyOf, transitions } = result
    context.output.result(result, copyOf === null
      ? 'this database is no copy that could be told: nothing to do'
      : [`taken over from ${describeOrigin(copyOf)}`, ...transitions.map(({ transition, phase }) => `${transition}: goes on at ${phase}`)].join('\n'))
    return EXIT.done
  })
}
