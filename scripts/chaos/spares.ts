import { endChild, startChild, type Child } from './child.js'

/** Processes that have loaded their code and wait for an order, so that one which is killed is replaced at once. */
export interface Spares {
  take (): Child
  /** Gives back one that waits for orders again. */
  giveBack (child: Child): void
  /** Ends all that were ever started. */
  close (): Promise<void>
}

/** Keeps so many processes of a file in reserve. */
export function keepSpares (file: string, count: number): Spares {
  const all = new Set<Child>()
  const waiting: Child[] = []
  const start = (): Child => {
    const child = startChild(file)
    all.add(child)
    child.process.once('close', () => all.delete(child))
    return child
  }
  const fill = (): void => { while (waiting.length < count) waiting.push(start()) }
  fill()
  return {
    take () {
      const child = waiting.shift() ?? start()
      fill()
      return child.isRunning() ? child : start()
    },
    giveBack (child) { if (child.isRunning()) waiting.unshift(child) },
    async close () { await Promise.all([...all].map(async (child) => await endChild(child, 'SIGKILL'))) }
  }
}
