import type { Io } from './io.js'

/**
 * The process as the CLI sees it. The first Ctrl-C (or SIGTERM) asks the command to stop after what it has in hand; since
 * the listeners are gone then, the second one ends the process at once.
 */
export function createProcessIo (process: NodeJS.Process): Io {
  const { stdin, stdout, stderr, env } = process
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stderr.write('\nstopping after what is in hand; once more to end at once\n')
      controller.abort()
    })
  }
  return { stdin, stdout, stderr, env, cwd: process.cwd(), isTTY: stdin.isTTY && stderr.isTTY, signal: controller.signal }
}
