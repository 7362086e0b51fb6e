import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** On which the harness and the load run, and on which what is measured runs. */
export const [LOAD_PROCESSOR, CASE_PROCESSOR] = [0, 1] as const

/**
 * Keeps a process with all its threads on one processor, so that no contestant happens to share one with the load, or to run on
 * a slower one. Where `taskset` (util-linux) or a second processor is missing, the scheduler goes on deciding.
 */
export function pin (pid: number | undefined, processor: number): void {
  if (cpus().length > processor) spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', String(processor), String(pid)])
}
