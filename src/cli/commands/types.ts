import { writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { Command } from 'commander'
import { ConfigError } from '../../errors.js'
import { loadHistory } from '../../versioning/load.js'
import { bootApp } from '../check/boot-app.js'
import { readTypes } from '../check/keep-types.js'
import { lookAtApp } from '../check/look-at-app.js'
import { describeProblem } from '../check/problem.js'
import type { Act, CliContext } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { formatNumber } from '../units.js'

interface TypesOptions {
  readonly check?: boolean
}

/** `vintage types`: the shapes of every version as TypeScript. */
export function typesCommand (act: Act): Command {
  return new Command('types')
    .summary('write the shapes of every version as TypeScript')
    .description("Starts the app of the config and writes `types.d.ts` into the folder of the versions: `Versions['2024-01-01']['User']` is the type of `User` as the clients of that version see it, `Versions['2024-01-01']['GET /users 200']` that of a place.")
    .option('--check', 'write nothing; exit code 1 when the file is not what it would be')
    .addHelpText('after', `
Examples:
  vintage types
  vintage types --check`)
    .action(act(runTypes))
}

async function runTypes ({ io, output, loadConfig }: CliContext, { check = false }: TypesOptions): Promise<ExitCode> {
  const config = await loadConfig()
  if (config.app === undefined) throw new ConfigError(`${config.file} names no \`app\`: the shapes are derived from its schemas.`)
  const { versions } = await loadHistory(config.versions, config)
  const { problems, found } = await bootApp(config.app, (app) => lookAtApp(app, versions))
  if (found === null) {
    output.result({ ok: false, problems }, problems.map(describeProblem).join('\n'))
    return EXIT.failed
  }
  const { file, text, fresh } = await readTypes(config, found.catalogue)
  const isFresh = text === fresh
  if (!check && !isFresh) await writeFile(file, fresh)
  const name = relative(io.cwd, file)
  const said = isFresh ? `${name} is up to date: ${formatNumber(versions.length, 'version')}` : check ? `${name} is ${text === undefined ? 'not there' : 'stale'}: run \`vintage types\`` : `wrote ${name}: ${formatNumber(versions.length, 'version')}`
  output.result({ ok: isFresh || !check, file, written: !check && !isFresh, versions }, said)
  return isFresh || !check ? EXIT.done : EXIT.failed
}
