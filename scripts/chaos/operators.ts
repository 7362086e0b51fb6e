import { signalChild } from './child.js'
import { keepSpares } from './spares.js'

/** How a command ended: 0 done, 1 refused or failed, null killed. */
export interface End { readonly code: number | null, readonly output: string }

/** One command of the operator, in a process of its own. */
export interface Command {
  readonly ended: Promise<End>
  readonly isRunning: () => boolean
  /** Resolves when it is connected, has the lease and is at work, or fills rows; or when it has ended. */
  until (what: 'ready' | 'working' | 'filling'): Promise<void>
  /** @returns whether the process was there while its command was not done */
  signal (signal: NodeJS.Signals): boolean
  /** Kills it with -9. @returns whether its command was not done */
  kill (): Promise<boolean>
}

/** Runs commands of operators. */
export interface Operators {
  operate (command: string, transition: string, to: string): Command
  close (): Promise<void>
}

export function openOperators (url: string, leaseMs: number): Operators {
  const spares = keepSpares('operator-process.ts', 3)
  let orders = 0
  return {
    operate (command, transition, to) {
      const child = spares.take()
      const number = ++orders
      child.tell([number, command, transition, to, url, leaseMs].join(' '))
      let over = false
      const ended = child.awaitMessage(`${number} done `).then(async (done): Promise<End> => {
        over = true
        if (done === undefined) return await child.ended
        spares.giveBack(child)
        const [, , code = '', ...output] = done.split(' ')
        return { code: Number(code), output: output.join(' ') }
      })
      const signal = (name: NodeJS.Signals): boolean => !over && signalChild(child, name)
      return {
        ended,
        isRunning: () => !over && child.isRunning(),
        async until (what) { await Promise.race([child.awaitMessage(`${number} ${what}`), ended]) },
        signal,
        async kill () {
          const landed = signal('SIGKILL')
          if (landed) await child.ended
          return landed
        }
      }
    },
    close: async () => await spares.close()
  }
}
