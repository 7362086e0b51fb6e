import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../testing/command.js'

/** A process that this run has started, and how it ended. */
export interface Child {
  readonly process: ChildProcess
  /** resolves with its exit code, null when a signal has ended it, and what it printed */
  readonly ended: Promise<{ code: number | null, output: string }>
  readonly isRunning: () => boolean
  /** Resolves once it has sent that message, or has ended. */
  awaitMessage (message: string): Promise<void>
}

/** Starts a TypeScript file of `scripts/chaos` as a process of its own. */
export function startChild (file: string, args: readonly string[]): Child {
  const child = fork(join(ROOT, 'scripts', 'chaos', file), args, {
    cwd: ROOT,
    execArgv: ['--conditions=vintage-source', '--import=./scripts/typescript.mjs'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { output += String(chunk) })
  const ended = new Promise<{ code: number | null, output: string }>((resolve) => child.once('close', (code) => resolve({ code, output })))
  const messages = new Set<string>()
  child.on('message', (message) => messages.add(String(message)))
  return {
    process: child,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async awaitMessage (message) {
      if (messages.has(message)) return
      let heard = (): void => {}
      const arrived = new Promise<void>((resolve) => { heard = resolve })
      const listen = (got: unknown): void => { if (got === message) heard() }
      child.on('message', listen)
      await Promise.race([arrived, ended])
      child.off('message', listen)
    }
  }
}

/** Sends a signal to a process that is still there. @returns whether it was */
export function signalChild (child: Child, signal: NodeJS.Signals): boolean {
  return child.isRunning() && child.process.kill(signal)
}

/** Sends a signal and waits until the process has ended. */
export async function endChild (child: Child, signal: NodeJS.Signals): Promise<void> {
  signalChild(child, signal)
  await child.ended
}
