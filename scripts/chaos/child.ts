import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../testing/command.js'

/** A process that this run has started, and how it ended. */
export interface Child {
  readonly process: ChildProcess
  /** resolves with its exit code, null when a signal has ended it, and what it printed */
  readonly ended: Promise<{ code: number | null, output: string }>
  readonly isRunning: () => boolean
  /** Tells it something, if it is still there. */
  tell (message: string): void
  /** Resolves with the message that begins so, once it has sent it; undefined once it has ended. */
  awaitMessage (start: string): Promise<string | undefined>
}

/** Starts a TypeScript file of `scripts/chaos` as a process of its own. */
export function startChild (file: string): Child {
  const child = fork(join(ROOT, 'scripts', 'chaos', file), [], {
    cwd: ROOT,
    execArgv: ['--conditions=vintage-source', '--import=./scripts/typescript.mjs'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { output += String(chunk) })
  const ended = new Promise<{ code: number | null, output: string }>((resolve) => child.once('close', (code) => resolve({ code, output })))
  const messages: string[] = []
  child.on('message', (message) => messages.push(String(message)))
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  return {
    process: child,
    ended,
    isRunning,
    tell (message) {
      // one that was just killed does not hear it any more
      if (isRunning() && child.connected) child.send(message, () => {})
    },
    async awaitMessage (start) {
      const found = messages.find((message) => message.startsWith(start))
      if (found !== undefined) return found
      let listen = (_: unknown): void => {}
      const arrived = new Promise<string>((resolve) => {
        listen = (got) => { if (String(got).startsWith(start)) resolve(String(got)) }
        child.on('message', listen)
      })
      const first = await Promise.race([arrived, ended.then(() => undefined)])
      child.off('message', listen)
      return first
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
