import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { UsageError } from '../../errors.js'
import type { Act, CliContext } from '../context.js'
import { messageOf } from '../../caught.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { folderFor } from '../scaffold/placement.js'
import { fileStemOf, readSentence } from '../scaffold/sentence.js'
import { versionFileText } from '../scaffold/version-file.js'

interface NewOptions {
  readonly version?: string
  readonly schema?: string
}

/** Stands where the schema was not named. */
const PLACEHOLDER = 'YourSchema'

/** `vintage new "full_name replaces first_name and last_name"`: a version file to fill in. */
export function newCommand (act: Act): Command {
  return new Command('new')
    .summary('scaffold a version file')
    .description('Writes a version file that type-checks, to be filled in. It never overwrites a file.')
    .argument('<description>', 'what changes, for the changelog; `a replaces b and c` and `a is now b` fill in the fields')
    .option('--version <date>', 'the version that brings the change (default: `next/`, for work that has no date yet)')
    .option('--schema <id>', `the \`$id\` of the schema that changes (default: \`${PLACEHOLDER}\`, to be replaced)`)
    .addHelpText('after', `
Examples:
  vintage new "full_name replaces first_name and last_name" --schema User --version 2027-01-01
  vintage new "created is now created_at" --schema Order`)
    .action(act(runNew))
}

async function runNew ({ io, output, loadConfig }: CliContext, description: string, options: NewOptions): Promise<ExitCode> {
  const { file: configFile, versions } = await loadConfig()
  if (!(versions instanceof URL)) {
    throw new UsageError(`\`versions\` in ${configFile} is a record, so there is no folder for a version file: add the change to the record.`)
  }
  const sentence = readSentence(description.trim())
  const folder = folderFor(fileURLToPath(versions), options.version)
  const file = join(folder, `${fileStemOf(description, sentence)}.ts`)
  await mkdir(folder, { recursive: true })
  await writeNew(file, versionFileText({ description: description.trim(), schema: options.schema ?? PLACEHOLDER, sentence }))
  const next = nextSteps(options, sentence.kind === 'replace')
  const shown = relative(io.cwd, file)
  output.result({ file, next }, [`created ${shown}`, '', 'Next:', ...next.map((step, index) => `  ${index + 1}. ${step}`)].join('\n'))
  return EXIT.done
}

/** `wx` makes the check and the creation one step. */
async function writeNew (file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    throw new UsageError(`${file} was not written (${messageOf(error)}). A file that is there is never overwritten: use other words, or edit it.`)
  }
}

function nextSteps ({ schema, version }: NewOptions, hasFunctions: boolean): string[] {
  return [
    ...(schema === undefined ? [`in the new file, put the \`$id\` of the schema that changes in the place of \`${PLACEHOLDER}\``] : []),
    hasFunctions ? 'in the new file, set the types under `before` and `after` and write `upgrade` and `downgrade`' : 'in the new file, check the names',
    `edit ${schema === undefined ? 'that schema' : `the schema \`${schema}\``} in your app so that it has only the new fields; handlers and SQL follow it`,
    ...(version === undefined ? ['when it has a date, move the file to the folder of that date: files in `next/` are not loaded'] : []),
    'run `vintage check`'
  ]
}
