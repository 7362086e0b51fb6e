import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')

/** A program of the example that runs. */
export interface Run {
  readonly child: ChildProcess
  /** everything it has printed */
  output (): string
  /** @returns the URL at which the shop answers; rejects when the program ends before */
  ready (): Promise<string>
  /** @returns the exit code */
  ended (): Promise<number | null>
}

/** Runs a program of `example-server/` as `npm start` does; it is killed with the test. */
export function run (t: Test, program: string, env: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, ['--import', './scripts/typescript.mjs', join('example-server', program)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  const ended = once(child, 'close').then(([code]): number | null => code)
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        text += `${line}\n`
        const url = /^the shop answers at (\S+)$/.exec(line)?.[1]
        if (url !== undefined) resolve(url)
      })
    }
    ended.then(() => { reject(new Error(`${program} has ended: ${text}`)) }, reject)
  })
  ready.catch(() => {})
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, output: () => text, ready: () => ready, ended: () => ended }
}
