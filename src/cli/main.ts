import { CommanderError } from 'commander'
import { createContext, type Act } from './context.js'
import { describeError, errorDocument } from './describe-error.js'
import { codeOf, EXIT, exitCodeOf, type ExitCode } from './exit-codes.js'
import type { Io } from './io.js'
import { createOutput } from './output.js'
import { buildProgram, commandsOf } from './program.js'

/**
 * Runs one command line of `vintage`.
 * @param argv the arguments after the program's name
 * @returns the exit code; nothing is thrown
 */
export async function main (argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done
  const act: Act = (work) => async (...args) => {
    exitCode = await work(createContext(io, program.opts()), ...args)
  }
  const program = buildProgram(act)
  for (const command of [program, ...commandsOf(program)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => { io.stdout.write(text) },
      writeErr: (text) => { io.stderr.write(text) }
    })
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return answerUsage(error, argv, io)
    return answerFailure(error, argv, io)
  }
}

/** Commander has written the help or what is wrong by then. */
function answerUsage (error: CommanderError, argv: readonly string[], io: Io): ExitCode {
  if (error.exitCode === 0) return EXIT.done
  if (wantsJson(argv)) createOutput(io, true).result(errorDocument(error, EXIT.usage), '')
  return EXIT.usage
}

function answerFailure (error: unknown, argv: readonly string[], io: Io): ExitCode {
  const output = createOutput(io, wantsJson(argv))
  const exitCode = wasInterrupted(error, io) ? EXIT.interrupted : exitCodeOf(error)
  if (exitCode === EXIT.interrupted) {
    output.say(`${output.colors.yellow('stopped')} by Ctrl-C. What was done is kept; run the same command again to go on.`)
  } else {
    output.say(describeError(error, output.colors))
  }
  if (output.json) output.result(errorDocument(error, exitCode), '')
  return exitCode
}

/** An error that came for another reason is told, even if Ctrl-C was pressed before it. */
function wasInterrupted (error: unknown, io: Io): boolean {
  return codeOf(error) === 'FST_ERR_VINTAGE_ABORTED' || (io.signal.aborted && error instanceof Error && error.name === 'AbortError')
}

/** Also right when the command line could not be read to its end. */
function wantsJson (argv: readonly string[]): boolean {
  return argv.includes('--json')
}
