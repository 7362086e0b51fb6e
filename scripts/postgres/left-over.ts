import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf, identify, sendSignal, waitForEnd, type ProcessIdentity } from './processes.js'
import { SetupError } from './setup-error.js'

/** A server that runs on a data folder of ours, though nobody of ours has just started it. */
export interface LeftOver {
  readonly process: ProcessIdentity
  readonly port: number
}

/**
 * Looks for a server that a killed run has left. A pid file whose process is gone, or is now somebody else's, is
 * stale and is removed: Postgres itself would refuse to start for as long as that pid is in use.
 */
export async function findLeftOver (dataFolder: string): Promise<LeftOver | null> {
  const file = join(dataFolder, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const [pid, , , port] = text.split('\n').map((line) => Number.parseInt(line, 10))
  const process = pid === undefined || Number.isNaN(pid) ? null : identify(pid)
  if (process === null || !servesFolder(process, dataFolder)) {
    await rm(file, { force: true })
    return null
  }
  return { process, port: port ?? 0 }
}

function servesFolder (process: ProcessIdentity, dataFolder: string): boolean {
  const command = commandLineOf(process.pid)
  return command !== null && /postgres/.test(command) && command.includes(`-D ${dataFolder} `)
}

/**
 * Stops a server: first with its open sessions cut but its data written, then, when that takes too long, at once
 * (the next start recovers from the log).
 */
export async function stopProcess (process: ProcessIdentity, patienceMs = 20_000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    sendSignal(process, signal)
    if (await waitForEnd(process, patienceMs)) return
  }
  throw new SetupError(`the Postgres server with pid ${process.pid} cannot be stopped.`)
}
