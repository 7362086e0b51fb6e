import type { FastifyBaseLogger } from 'fastify'
import type { Compilers } from './compilers.js'
import type { Pair } from './pairs.js'

/** What is still to be compiled, the most used first. */
export interface WarmUpQueue {
  /** @returns the next thing to do; undefined when nothing is left */
  next (): (() => void) | undefined
  /** Puts what is used most in front. */
  sort (): void
  fill (pairs: readonly Pair[]): void
  clear (): void
}

/** Opens an empty queue. What ajv refuses is logged, and told to the request that needs it as well; the others go on. */
export function openQueue (compilers: Pick<Compilers, 'warm'>, log: Pick<FastifyBaseLogger, 'error'>): WarmUpQueue {
  // the last is taken first
  let pending: Pair[] = []
  let steps: Array<() => unknown> = []

  function next (): (() => void) | undefined {
    for (;;) {
      const step = steps.shift()
      if (step !== undefined) return () => { step() }
      const pair = pending.pop()
      if (pair === undefined) return undefined
      steps = compilers.warm(pair.shape, pair.role).map((take) => () => { attempt(pair, take) })
    }
  }

  function attempt ({ place, shape }: Pair, take: () => unknown): void {
    try {
      take()
    } catch (err) {
      steps = []
      log.error({ err, vintage: { version: shape.version, place } }, `fastify-vintage: the schema of ${place} in version ${shape.version} cannot be compiled`)
    }
  }

  return {
    next,
    sort () { pending = pending.map((pair) => ({ pair, heat: pair.heat() })).sort((a, b) => a.heat - b.heat).map(({ pair }) => pair) },
    fill (pairs) { pending = [...pairs] },
    clear () {
      pending = []
      steps = []
    }
  }
}
