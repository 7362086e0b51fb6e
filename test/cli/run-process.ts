import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CliRun } from './run-cli.js'

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))

/** Where and how a `vintage` process runs. */
export interface ProcessSetting {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** called with each piece of stderr */
  onMessage? (text: string, child: ChildProcess): void
}

/** Runs `vintage …` as a process of its own, with the loaders of this one. */
export async function runProcess (argv: readonly string[], { cwd, env = {}, onMessage }: ProcessSetting): Promise<CliRun & { signal: string | null }> {
  const child = spawn(process.execPath, [...process.execArgv, BIN, ...argv], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    onMessage?.(text, child)
  })
  const [code, signal] = await once(child, 'close')
  return { exitCode: Number(code), signal: typeof signal === 'string' ? signal : null, stdout, stderr }
}
