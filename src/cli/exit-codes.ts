/** What the CLI's exit codes mean. */
export const EXIT = {
  /** done, or nothing was left to do */
  done: 0,
  /** something failed; the message says what, and whether running again goes on */
  failed: 1,
  /** the command line or the config is wrong; nothing was touched */
  usage: 2,
  /** the step would not be safe now; nothing was touched */
  refused: 3,
  /** stopped by Ctrl-C (128 + SIGINT); running the same command again goes on */
  interrupted: 130
} as const

/** One of the exit codes of the CLI. */
export type ExitCode = typeof EXIT[keyof typeof EXIT]

const USAGE_CODES: ReadonlySet<string> = new Set([
  'FST_ERR_VINTAGE_USAGE',
  'FST_ERR_VINTAGE_CONFIG',
  'FST_ERR_VINTAGE_UNKNOWN_TRANSITION',
  'FST_ERR_VINTAGE_AMBIGUOUS_TRANSITION'
])

/** The exit code that answers an error, by its `code`. */
export function exitCodeOf (error: unknown): ExitCode {
  const code = codeOf(error)
  if (code === undefined) return EXIT.failed
  if (code.startsWith('FST_ERR_VINTAGE_REFUSED_')) return EXIT.refused
  return USAGE_CODES.has(code) ? EXIT.usage : EXIT.failed
}

/** An error's `code`, such as `FST_ERR_VINTAGE_MISFIT` or an SQLSTATE. */
export function codeOf (error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
