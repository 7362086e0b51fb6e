import { Command } from 'commander'
import { adoptCommand } from './commands/adopt.js'
import { advanceCommand } from './commands/advance.js'
import { backfillWorkerCommand } from './commands/backfill-worker.js'
import { checkCommand } from './commands/check.js'
import { explainCommand } from './commands/explain.js'
import { migrateCommand } from './commands/migrate.js'
import { newCommand } from './commands/new.js'
import { pauseCommand, resumeCommand } from './commands/pause.js'
import { rollbackCommand } from './commands/rollback.js'
import { setAsideCommand } from './commands/set-aside.js'
import { statusCommand } from './commands/status.js'
import { sweepCommand } from './commands/sweep.js'
import { typesCommand } from './commands/types.js'
import { verifyCommand } from './commands/verify.js'
import type { Act } from './context.js'

const DESCRIPTION = 'Dated API versions for Fastify, and column changes for Postgres while everything stays live.'

const EXIT_CODES = `
Exit codes:
  0    done, or nothing was left to do
  1    failed
  2    the command line or the config is wrong
  3    refused, because it would not be safe now
  130  stopped by Ctrl-C; the same command goes on where it stopped`

/** The command line of `vintage`, as commander sees it. */
export function buildProgram (act: Act): Command {
  const program = new Command('vintage')
    .description(DESCRIPTION)
    .option('--config <file>', 'the config to use (default: `vintage.config.ts`, `.js` or `.mjs` in the current folder)')
    .option('--json', 'one JSON document on stdout; messages still go to stderr')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
  const commands = [newCommand, checkCommand, explainCommand, typesCommand, migrateCommand, statusCommand, advanceCommand, backfillWorkerCommand, verifyCommand, rollbackCommand, pauseCommand, resumeCommand, setAsideCommand, sweepCommand, adoptCommand]
  for (const build of commands) program.addCommand(build(act))
  for (const command of commandsOf(program)) command.copyInheritedSettings(program)
  return program
}

/** Every command below another, those of its commands among them. */
export function commandsOf (parent: Command): Command[] {
  return parent.commands.flatMap((command) => [command, ...commandsOf(command)])
}
