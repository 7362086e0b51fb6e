import { readBehind, type Behind } from './chain/hand-written.js'
import { bodiesBehind } from './chain/operations.js'
import type { Comparison } from './harness/compare.js'
import { runBenchmark } from './harness/run-benchmark.js'
import { LOAD_PROCESSOR, pin } from './harness/pin.js'
import { startServer } from './http/contestant.js'
import type { LoadRequest } from './http/load.js'
import { pricedParcels } from './model/rows.js'
import { VERSIONS_BEHIND, versionBehind } from './model/history.js'
import type { Goal } from './statistics/verdict.js'

const HEAD = { 'api-version': versionBehind(0) }

function getFrom (path: string, headers: Record<string, string>): LoadRequest {
  return { method: 'GET', path, headers }
}

/** @param body JSON of a list of bodies; the first is sent */
function postTo (path: string, headers: Record<string, string>, body: string): LoadRequest {
  const [first]: readonly unknown[] = JSON.parse(body)
  return { method: 'POST', path, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(first) }
}

/** A client of head, against the same server without the plugin. */
function compareHead (what: string, request: LoadRequest): Comparison {
  return {
    name: `head client, ${what}`,
    against: 'without the plugin',
    goal: { atLeast: 0.98 },
    subject: () => startServer(['plugin'], request),
    counterpart: () => startServer(['bare'], request)
  }
}

function compareOld (behind: Behind, what: string, request: LoadRequest, subject = 'plugin', goal: Goal = { atLeast: 0.97 }): Comparison {
  return {
    name: `client ${behind} behind, ${what}`,
    against: 'a server by hand',
    goal,
    subject: () => startServer([subject], request),
    counterpart: () => startServer(['by-hand', String(behind)], request)
  }
}

const newParcels = JSON.stringify(pricedParcels(), (name, value: unknown) => name === 'id' || name === 'depot' ? undefined : value)
const old = (behind: Behind) => ({ 'api-version': versionBehind(behind) })

pin(process.pid, LOAD_PROCESSOR)
await runBenchmark({
  name: 'http',
  // several rounds, since what a process happens to compile, or where its memory happens to lie, is worth as much as what is measured
  effort: { blocks: 96, mostBlocks: 192, blocksPerRound: 12, warmUpBlocks: 0, slicesPerBlock: 10 },
  comparisons: [
    compareHead('GET a list that changed', getFrom('/parcels', HEAD)),
    compareHead('GET a list without changes', getFrom('/notices', HEAD)),
    compareHead('POST on a route that changed', postTo('/parcels', HEAD, newParcels)),
    {
      ...compareHead('GET a list without changes', getFrom('/notices', HEAD)),
      name: `client ${VERSIONS_BEHIND} behind, GET a list without changes`,
      subject: () => startServer(['plugin'], getFrom('/notices', old(readBehind(String(VERSIONS_BEHIND)))))
    },
    ...([1, 10, 50] as const).flatMap((behind) => [
      compareOld(behind, 'GET a list', getFrom('/parcels', old(behind))),
      compareOld(behind, 'POST', postTo('/parcels', old(behind), bodiesBehind('functions', behind)))
    ]),
    compareOld(10, 'GET a list, one route for each version by constraints', getFrom('/parcels', old(10)), 'constraints', null)
  ]
})
