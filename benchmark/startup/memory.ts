import { startCase } from '../harness/case-process.js'
import type { Measurement } from '../harness/results.js'
import { CASE } from './contestant.js'
import { measureExtent } from './pairs.js'

const MB = 1024 * 1024
const KB = 1024

/** What the plugin keeps in memory at ready and when everything is compiled, beside what Fastify keeps. */
export async function measureMemory (): Promise<Measurement[]> {
  const { routes, reachedRoutes, pairs } = await measureExtent()
  const bareBytes = await heapOf('bare', false)
  const readyBytes = await heapOf('plugin', false) - bareBytes
  const warmBytes = await heapOf('plugin', true) - bareBytes
  return [
    { name: 'routes that a change reaches', unit: `of ${routes}`, atMost: null, samples: [reachedRoutes] },
    { name: 'distinct (schema, version)', unit: 'beside those of head', atMost: null, samples: [pairs] },
    { name: 'heap of bare Fastify at ready', unit: 'MB', atMost: null, samples: [bareBytes / MB] },
    { name: 'heap that the plugin adds at ready', unit: 'MB', atMost: null, samples: [readyBytes / MB] },
    { name: 'heap that it adds when all is compiled', unit: 'MB', atMost: null, samples: [warmBytes / MB] },
    { name: 'for each distinct (schema, version), when all is compiled', unit: 'KB', atMost: 90, samples: [warmBytes / KB / pairs] }
  ]
}

async function heapOf (kind: 'plugin' | 'bare', warm: boolean): Promise<number> {
  const process = await startCase(CASE, [kind])
  if (warm) await process.ask('touchAll')
  const bytes = await process.askNumber('heap')
  await process.close()
  return bytes
}

const FEW = 100_000
const MANY = 1_000_000

/** How the heap grows between 10⁵ and 10⁶ requests with random version headers. */
export async function measureGrowth (): Promise<Measurement[]> {
  const process = await startCase(CASE, ['plugin'])
  await process.ask('touchAll')
  await process.ask('sendRandomVersions', FEW)
  const few = await process.askNumber('heap')
  await process.ask('sendRandomVersions', MANY - FEW)
  const many = await process.askNumber('heap')
  await process.close()
  return [{ name: 'growth of the heap from 10⁵ to 10⁶ requests with random version headers', unit: 'MB', atMost: 1, samples: [Math.max(0, many - few) / MB] }]
}
