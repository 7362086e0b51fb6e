import type { Argument, Command, Option } from 'commander'
import { CONFIG_NAMES } from '../src/cli/load-config.js'
import { buildProgram, commandsOf } from '../src/cli/program.js'

const INTRODUCTION = `# The command line

<!-- written by \`node --import ./scripts/typescript.mjs scripts/generate-cli-reference.ts\` from the definitions in src/cli; edits are lost -->

\`vintage\` reads \`${CONFIG_NAMES[0]}\` (or \`.js\`, \`.mjs\`) in the current folder:

\`\`\`ts
import { defineConfig } from 'fastify-vintage'

export default defineConfig({
  versions: './versions/',                          // default './versions/'
  migrations: './migrations/',                      // knex migrations; none are run without it
  connection: () => process.env.DATABASE_URL ?? '', // default DATABASE_URL; a role that owns the tables
  app: async () => (await import('./app.js')).buildApp() // optional, for \`vintage check\`
})
\`\`\`

Config, version, transition and migration files may be TypeScript. Results go to stdout, messages and progress to stderr;
progress is a bar at a terminal and one line every five seconds elsewhere. \`NO_COLOR\` turns colours off.
`

const EXIT_CODES = `## Exit codes

| code | meaning |
|---|---|
| 0 | done, or nothing was left to do |
| 1 | failed; \`verify\` found rows out of sync, \`check\` found problems, or a question was answered with no |
| 2 | the command line or the config is wrong; nothing was touched |
| 3 | refused, because it would not be safe now (error codes \`FST_ERR_VINTAGE_REFUSED_*\`) |
| 130 | stopped by Ctrl-C or SIGTERM: the batch in hand was finished, and the same command goes on where it stopped |

With \`--json\` a command that does not end well prints \`{ "error": { "code", "message" }, "exitCode" }\`. A second Ctrl-C
ends the process at once; that is safe too, since every step is one transaction.
`

/** The page docs/reference/cli.md, made from commander's definitions. */
export function cliReference (): string {
  const program = buildProgram(() => async () => {})
  return [
    INTRODUCTION,
    `## Options of every command\n\n${optionTable(program.options)}`,
    ...commandsOf(program).filter(({ commands }) => commands.length === 0).map(describeCommand),
    EXIT_CODES
  ].join('\n')
}

/** `vintage set-aside list` */
function pathOf (command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function describeCommand (command: Command): string {
  const usage = [pathOf(command), ...command.registeredArguments.map(nameOf), '[options]'].join(' ')
  return [
    `## ${pathOf(command)}`,
    command.description(),
    `\`\`\`\n${usage}\n\`\`\``,
    ...(command.registeredArguments.length === 0 ? [] : [argumentTable(command.registeredArguments).trimEnd()]),
    ...(command.options.length === 0 ? [] : [optionTable(command.options).trimEnd()]),
    `\`\`\`sh\n${examplesOf(command)}\n\`\`\``,
    ''
  ].join('\n\n').replace(/\n+$/, '\n')
}

function argumentTable (args: readonly Argument[]): string {
  return table('argument', args.map((argument) => [nameOf(argument), argument.description]))
}

function optionTable (options: readonly Option[]): string {
  return table('option', options.map((option) => [option.flags, describeOption(option)]))
}

function describeOption ({ description, argChoices, defaultValue, defaultValueDescription, mandatory }: Option): string {
  const choices = argChoices === undefined ? '' : `; one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`
  const standard = defaultValue === undefined ? '' : ` (default: ${defaultValueDescription ?? String(defaultValue)})`
  return `${description}${choices}${standard}${mandatory ? ' (required)' : ''}`
}

function table (title: string, rows: readonly (readonly [name: string, meaning: string])[]): string {
  return `| ${title} | |\n|---|---|\n${rows.map(([name, meaning]) => `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} |\n`).join('')}`
}

function nameOf (argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

/** The examples are text that follows the help. */
function examplesOf (command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => { help += text } }).outputHelp()
  const [, examples = ''] = help.split('\nExamples:\n')
  return examples.trimEnd().replaceAll(/^ {2}/gm, '')
}
