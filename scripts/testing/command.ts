import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** How a command ended. */
export interface CommandResult {
  /** exit code; 1 when a signal ended it or it could not be started */
  readonly code: number
  /** stdout, then stderr */
  readonly output: string
}

export interface CommandOptions {
  /** added to our own environment */
  readonly env?: Readonly<Record<string, string>>
  /** @default the root of the repository */
  readonly cwd?: string
  /** called with each line of stdout as it comes */
  readonly onLine?: (line: string) => void
  /** ends the command with SIGTERM */
  readonly signal?: AbortSignal
}

/** Runs a command without stdin; programs in node_modules/.bin come first. */
export async function runCommand (program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const abort = () => { child.kill('SIGTERM') }
  options.signal?.addEventListener('abort', abort)
  if (options.signal?.aborted === true) abort()
  const lines: string[] = []
  let errors = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    options.onLine?.(line)
  })
  child.stderr.on('data', (chunk) => { errors += String(chunk) })
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => { errors += error.message; resolve(1) })
    child.once('close', (exitCode) => { resolve(exitCode ?? 1) })
  })
  options.signal?.removeEventListener('abort', abort)
  return { code, output: `${lines.join('\n')}\n${errors}` }
}
