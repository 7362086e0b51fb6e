import type { Readable, Writable } from 'node:stream'

/** What one run of the CLI may touch of the process around it, so that tests run it in process. */
export interface Io {
  readonly stdin: Readable
  /** results: what a script would read */
  readonly stdout: Writable
  /** messages and progress: what a person reads */
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  /** the folder in which a config is looked for */
  readonly cwd: string
  /** somebody sits at the terminal: bars are drawn and questions are asked */
  readonly isTTY: boolean
  /** fires at Ctrl-C */
  readonly signal: AbortSignal
}
