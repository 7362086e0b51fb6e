import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** when it started, in whatever form the system tells it; compared, never parsed */
  readonly startedAt: string
}

/** Who runs under this pid now. @returns null when nobody does */
export function identify (pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : askPs(pid, 'lstart')
  return startedAt === null ? null : { pid, startedAt }
}

/** Whether exactly this process is still there, and not another one under its pid. */
export function isAlive (process: ProcessIdentity): boolean {
  return identify(process.pid)?.startedAt === process.startedAt
}

/** The command line of a running process, as one text. @returns null when it is gone or cannot be seen */
export function commandLineOf (pid: number): string | null {
  if (process.platform !== 'linux') return askPs(pid, 'command')
  const text = readIfThere(`/proc/${pid}/cmdline`)
  return text === null || text === '' ? null : text.replaceAll('\0', ' ').trim()
}

/** @returns false when the process is still there after `timeoutMs` */
export async function waitForEnd (process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (isAlive(process)) {
    if (performance.now() > end) return false
    await sleep(20)
  }
  return true
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal (process: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(process)) return
  try {
    globalThis.process.kill(process.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

// The name in field 2 may hold spaces and parentheses, so fields are counted from the last `)`. A zombie counts as ended.
function startOnLinux (pid: number): string | null {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === null) return null
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? null : fields[19] ?? null
}

function readIfThere (file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function askPs (pid: number, column: 'lstart' | 'command'): string | null {
  const text = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null
}
