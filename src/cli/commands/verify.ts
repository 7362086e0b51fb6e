import { Command } from 'commander'
import type { VerifyResult } from '../../data/operator.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { DEFAULT_LIMITS, withOperator } from '../operator-session.js'
import { formatCount } from '../units.js'

/** `vintage verify`: every row's two sides compared. */
export function verifyCommand (act: Act): Command {
  return new Command('verify')
    .summary('compare both sides of every row')
    .description('Compares both sides of every row in one snapshot. It only reads. Exit code 1 when a row is out of sync; rows that are still to be filled are counted, they are no fault.')
    .argument('[transition]', 'its name; may be left out when exactly one is under way')
    .addHelpText('after', `
Examples:
  vintage verify
  vintage verify users.full_name --json`)
    .action(act(runVerify))
}

async function runVerify (context: CliContext, transition: string | undefined): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const result = await operator.verify(transition === undefined ? {} : { transition })
    context.output.result(result, describeResult(result))
    // a row that is still to be filled is no fault: it is read through its old side
    return result.mismatchedRows === 0 ? EXIT.done : EXIT.failed
  })
}

function describeResult ({ transition, checkedRows, pendingRows, mismatchedRows, mismatches }: VerifyResult): string {
  const pending = pendingRows === 0 ? '' : `, ${formatCount(pendingRows)} of them still to be filled`
  if (mismatchedRows === 0) return `${transition}: ${formatCount(checkedRows)} rows checked${pending}: in sync`
  return [
    `${transition}: ${formatCount(mismatchedRows)} of ${formatCount(checkedRows)} rows are out of sync${pending}`,
    ...mismatches.map((key) => `  ${Object.entries(key).map(([column, value]) => `${column} = ${value}`).join(', ')}`),
    ...(mismatches.length < mismatchedRows ? [`  and ${formatCount(mismatchedRows - mismatches.length)} more`] : [])
  ].join('\n')
}
