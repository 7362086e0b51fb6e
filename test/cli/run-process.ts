import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CliRun } from './run-cli.js'

const BUILT = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url))

/** Where and how a `vintage` process runs. */
export interface ProcessSetting {
  readonly cwd: string
  /** called with each piece of stderr */
  onMessage? (text: string, child: ChildProcess): void
}

/** Runs the built `vintage …` as a user does: a process of its own, without the loaders of the test runner. */
export async function runProcess (argv: readonly string[], { cwd, onMessage }: ProcessSetting): Promise<CliRun & { signal: string | null }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NODE_V8_COVERAGE|_?TAP)/.test(name)))
  return await collect(spawn(process.execPath, [BUILT, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }), onMessage)
}

/** Waits until a process has ended, with what it wrote. */
export async function collect (child: ChildProcess, onMessage?: ProcessSetting['onMessage']): Promise<CliRun & { signal: string | null }> {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => { stdout += text })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    onMessage?.(text, child)
  })
  const [code, signal] = await once(child, 'close')
  return { exitCode: Number(code), signal: typeof signal === 'string' ? signal : null, stdout, stderr }
}
