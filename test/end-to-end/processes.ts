import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A child runs what a user runs: the built package, without the test runner's loaders. */
function environment (extra: Record<string, string>): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NODE_V8_COVERAGE|_?TAP)/.test(name)))
  return { ...clean, ...extra }
}

export interface Server { readonly name: string, readonly url: string, readonly child: ChildProcess, stop (): Promise<void> }

/** Starts one API server of the example as a process of its own and waits until it listens. */
export async function startServer (name: string, databaseUrl: string): Promise<Server> {
  const child = spawn(process.execPath, ['--import', './scripts/typescript.mjs', 'example-server/server.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({ DATABASE_URL: databaseUrl, PORT: '0', HOST: '127.0.0.1', INSTANCE: name })
  })
  const lines: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)
        if (found !== null) resolve(found[0])
      })
    }
    child.once('exit', (code) => reject(new Error(`server ${name} ended with ${code}:\n${lines.join('\n')}`)))
  })
  return { name, url, child, stop: () => end(child, 'SIGTERM') }
}

export interface CommandResult { code: number | null, output: string }

/** Runs `vintage …` as a process of its own; `onLine` may kill it. */
export async function runVintage (args: string[], databaseUrl: string, onLine?: (line: string, child: ChildProcess) => void): Promise<CommandResult> {
  const child = spawn(process.execPath, ['dist/cli/bin.js', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: environment({ DATABASE_URL: databaseUrl }) })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => { lines.push(line); onLine?.(line, child) })
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output: lines.join('\n') }
}

/** Sends the signal and waits until the process is gone. */
export async function end (child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}
