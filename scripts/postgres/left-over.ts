import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineOf, identify, sendSignal, waitForEnd, type ProcessIdentity } from './processes.js'
import { SetupError } from './setup-error.js'

/** A server that runs on a data folder of ours, though nobody of ours has just started it. */
export interface LeftOver {
  readonly process: ProcessIdentity
  readonly port: number
}

/** Looks for a server that runs on this folder, wherever the folder was when it was started. */
export async function findLeftOver (dataFolder: string): Promise<LeftOver | null> {
  const text = await readFile(pidFileOf(dataFolder), 'utf8').catch(() => '')
  const [pid, , , port] = text.split('\n').map((line) => Number.parseInt(line, 10))
  const process = pid === undefined || Number.isNaN(pid) ? null : identify(pid)
  return process !== null && await servesFolder(process, dataFolder) ? { process, port: port ?? 0 } : null
}

/**
 * Removes the pid file that a killed server has left: Postgres would refuse to start for as long as another process
 * has that pid. Only for the owner of a folder on which no server runs.
 */
export async function removeStalePidFile (dataFolder: string): Promise<void> {
  await rm(pidFileOf(dataFolder), { force: true })
}

function pidFileOf (dataFolder: string): string {
  return join(dataFolder, 'postmaster.pid')
}

// A server works in its data folder, also after that was renamed. Where the system does not tell it, the command does.
async function servesFolder ({ pid }: ProcessIdentity, dataFolder: string): Promise<boolean> {
  const command = commandLineOf(pid)
  if (command === null || !/postgres/.test(command)) return false
  const [worksIn, asked] = await Promise.all([inodeOf(`/proc/${pid}/cwd`), inodeOf(dataFolder)])
  return worksIn === null ? command.includes(`-D ${dataFolder} `) : worksIn === asked
}

async function inodeOf (folder: string): Promise<string | null> {
  return await stat(folder).then(({ dev, ino }) => `${dev}:${ino}`, () => null)
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
