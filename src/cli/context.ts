import type { ExitCode } from './exit-codes.js'
import type { Io } from './io.js'
import { loadConfig, type LoadedConfig } from './load-config.js'
import { createOutput, type Output } from './output.js'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly json?: boolean
}

/** What a command works with in one run. */
export interface CliContext {
  readonly io: Io
  readonly output: Output
  /** @throws FST_ERR_VINTAGE_CONFIG */
  loadConfig (): Promise<LoadedConfig>
}

/**
 * Wraps a command's work into the action that commander calls, and keeps its exit code for `main`.
 * The context is made when the command runs, since only then the options are known.
 */
export type Act = <Args extends readonly unknown[]>(work: (context: CliContext, ...args: Args) => Promise<ExitCode>) => (...args: Args) => Promise<void>

/** @param globals the options that every command takes, once the command line has been read */
export function createContext (io: Io, globals: GlobalOptions): CliContext {
  return {
    io,
    output: createOutput(io, globals.json === true),
    async loadConfig () {
      const config = await loadConfig(io, globals.config)
      // Ctrl-C while it was loading
      io.signal.throwIfAborted()
      return config
    }
  }
}
