import type { Readable, Writable } from 'node:stream'
import type { Io } from './io.js'

/** What the CLI needs of `process`. */
export interface ProcessLike {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly env: Io['env']
  cwd (): string
  once (signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/**
 * The process as the CLI sees it. The first Ctrl-C (or SIGTERM) asks the command to stop after what it has in hand; its
 * listener is gone then, so the second one ends the process at once.
 */
export function createProcessIo (process: ProcessLike): Io {
  const { stdin, stdout, stderr, env } = process
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stderr.write('\nstopping after what is in hand; once more to end at once\n')
      controller.abort()
    })
  }
  return { stdin, stdout, stderr, env, cwd: process.cwd(), isTTY: stdin.isTTY === true && stderr.isTTY === true, signal: controller.signal }
}
