import { spawnSync } from 'node:child_process'
import { SetupError } from './setup-error.js'

/** Who the server's processes run as: options for `spawn`, empty for the user who started us. */
export interface ServerUser {
  readonly uid?: number
  readonly gid?: number
}

/**
 * Postgres refuses to run as root, so root hands it to the user `postgres`, who is created when missing; everybody
 * else runs it themselves.
 */
export function findServerUser (): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const found = lookUp()
  if (found !== null) return found
  run('groupadd', ['--system', '--force', 'postgres'])
  run('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres'])
  const created = lookUp()
  if (created === null) {
    throw new SetupError('Postgres cannot run as root, and no user `postgres` could be created: run this as another user, or point DATABASE_URL to a server.')
  }
  return created
}

/** Whether the server's user may enter this folder. */
export function canEnter (user: ServerUser, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

/** Whether the server's user may run this program; trying it also finds modes, ACLs and mounts without `exec`. */
export function canRun (user: ServerUser, program: string): boolean {
  return spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function lookUp (): ServerUser | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number.parseInt(run('id', [flag, 'postgres']), 10))
  return uid === undefined || gid === undefined || Number.isNaN(uid) || Number.isNaN(gid) ? null : { uid, gid }
}

function run (program: string, args: string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout ?? ''
}
