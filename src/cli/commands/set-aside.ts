import { Command, InvalidArgumentError, Option } from 'commander'
import type { SetAsideList, SetAsideResult, SetAsideRow } from '../../data/operator.js'
import { UsageError } from '../../errors.js'
import { confirm } from '../confirm.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { addFireTriggers, DEFAULT_LIMITS, withOperator } from '../operator-session.js'
import { parseCount } from '../parse-option.js'
import { formatCount } from '../units.js'

type RowKey = SetAsideRow['key']

interface RowOptions {
  readonly key?: readonly RowKey[]
  readonly all?: boolean
  readonly fireTriggers?: boolean
  readonly yes?: boolean
}

/** `vintage set-aside list|retry|release`: rows whose new side cannot be made from their old one. */
export function setAsideCommand (act: Act): Command {
  const command = new Command('set-aside')
    .summary('rows that could not be converted')
    .description("Rows that the backfill or a write could not convert, where the transition says `onError: 'set-aside'`. They keep `read-new` from being entered.")
  for (const build of [listCommand, retryCommand, releaseCommand]) command.addCommand(build(act))
  return command
}

function listCommand (act: Act): Command {
  return subcommand('list')
    .summary('name them, with what failed')
    .description('Names the rows that are set aside by their primary key, with SQLSTATE and message, how often they were tried and when. It only reads.')
    .addOption(new Option('--limit <count>', 'rows to name').argParser(parseCount).default(20))
    .addHelpText('after', '\nExamples:\n  vintage set-aside list\n  vintage set-aside list users.full_name --limit 1000 --json')
    .action(act(runList))
}

function retryCommand (act: Act): Command {
  return addFireTriggers(subcommand('retry'))
    .summary('try to fill them again')
    .description('Tries to fill rows that are set aside again, after they were mended. Exit code 1 while some are left. A good write of a row takes it off the list by itself.')
    .addOption(keyOption('a row to try, as `list --json` names it; may be given more than once (default: all of them)'))
    .addHelpText('after', '\nExamples:\n  vintage set-aside retry\n  vintage set-aside retry users.full_name --key \'{"id":"7"}\'')
    .action(act(async (context: CliContext, transition: string | undefined, { key, fireTriggers = false }: RowOptions) => await withOperator(context, { ...DEFAULT_LIMITS, fireTriggers }, async (operator) =>
      sayResult(context, await operator.retrySetAside({ ...named(transition), ...(key === undefined ? {} : { rows: key }) })))))
}

function releaseCommand (act: Act): Command {
  return addFireTriggers(subcommand('release'))
    .summary('let them go on without a new side')
    .description('Lets rows go on with nulls on their new side, if they still cannot be filled; the old side stays as it is until `drop`, and who did it stands in the history. Refused where a column of the new side becomes NOT NULL. Exit code 1 while other rows are left.')
    .addOption(keyOption('a row to let go, as `list --json` names it; may be given more than once'))
    .option('--all', 'all of them')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .addHelpText('after', '\nExamples:\n  vintage set-aside release orders.total --key \'{"id":"7"}\'\n  vintage set-aside release --all --yes')
    .action(act(runRelease))
}

function subcommand (name: string): Command {
  return new Command(name).argument('[transition]', 'its name; may be left out when exactly one is under way')
}

function keyOption (description: string): Option {
  return new Option('--key <json>', description).argParser((text: string, before: readonly RowKey[] | undefined) => [...before ?? [], parseKey(text)])
}

function parseKey (text: string): RowKey {
  try {
    return Object.fromEntries(Object.entries(Object(JSON.parse(text))).map(([column, value]) => [column, String(value)]))
  } catch {
    throw new InvalidArgumentError('A primary key as JSON is wanted: {"id":"7"}.')
  }
}

function named (transition: string | undefined): { transition?: string } {
  return transition === undefined ? {} : { transition }
}

async function runList (context: CliContext, transition: string | undefined, { limit }: { limit: number }): Promise<ExitCode> {
  return await withOperator(context, DEFAULT_LIMITS, async (operator) => {
    const list = await operator.listSetAside({ ...named(transition), limit })
    context.output.result(list, describeList(list))
    return EXIT.done
  })
}

async function runRelease (context: CliContext, transition: string | undefined, { key, all = false, yes = false, fireTriggers = false }: RowOptions): Promise<ExitCode> {
  if ((key === undefined) !== all) throw new UsageError('say which rows: `--key` for each of them, or `--all`')
  return await withOperator(context, { ...DEFAULT_LIMITS, fireTriggers }, async (operator) => {
    const choice = { ...named(transition), ...(key === undefined ? {} : { rows: key }) }
    await confirm(context.io, `${key === undefined ? 'All rows that are set aside' : `${key.length} rows`} will read as null on the new side.`, yes)
    return sayResult(context, await operator.releaseSetAside(choice))
  })
}

function sayResult ({ output }: CliContext, result: SetAsideResult): ExitCode {
  const { transition, filledRows, releasedRows, setAsideRows } = result
  const released = releasedRows === 0 ? '' : `, ${formatCount(releasedRows)} released`
  output.result(result, `${transition}: ${formatCount(filledRows)} rows filled${released}, ${formatCount(setAsideRows)} still set aside`)
  return setAsideRows === 0 ? EXIT.done : EXIT.failed
}

function describeList ({ transition, setAsideRows, rows }: SetAsideList): string {
  return [
    `${transition}: ${formatCount(setAsideRows)} rows are set aside`,
    ...rows.map(({ key, sqlstate, message, times, lastAt }) => `  ${JSON.stringify(key)}  ${sqlstate} ${message} (${formatCount(times)}×, last at ${lastAt})`),
    ...rows.length < setAsideRows ? [`  and ${formatCount(setAsideRows - rows.length)} more (--limit)`] : []
  ].join('\n')
}
