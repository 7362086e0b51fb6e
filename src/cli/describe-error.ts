import { messageOf } from '../caught.js'
import { codeOf, type ExitCode } from './exit-codes.js'
import type { Output } from './output.js'

/** What `--json` prints for a command that did not end well. */
export interface ErrorDocument {
  readonly error: { readonly code: string | null, readonly message: string }
  readonly exitCode: ExitCode
}

export function errorDocument (error: unknown, exitCode: ExitCode): ErrorDocument {
  return { error: { code: codeOf(error) ?? null, message: messageOf(error) }, exitCode }
}

/** An error as lines for a person: what it says, what caused it, its code; a stack only where it is a fault of ours. */
export function describeError (error: unknown, colors: Output['colors']): string {
  const code = codeOf(error)
  const lines = [`${colors.red('error')} ${messageOf(error)}`]
  for (const cause of causesOf(error)) {
    if (!messageOf(error).includes(messageOf(cause))) lines.push(colors.dim(`  caused by: ${messageOf(cause)}`))
  }
  if (code !== undefined) lines.push(colors.dim(`  code: ${code}`))
  else if (error instanceof Error && error.stack !== undefined) lines.push(colors.dim(error.stack))
  return lines.join('\n')
}

function causesOf (error: unknown): unknown[] {
  const causes: unknown[] = []
  let current = error
  while (current instanceof Error && current.cause !== undefined && !causes.includes(current.cause)) {
    current = current.cause
    causes.push(current)
  }
  return causes
}
