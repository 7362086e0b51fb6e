import Fastify, { type RouteOptions } from 'fastify'
import { isRecord, type JsonSchema } from '../../src/versioning/json-schema.js'
import { deriveContracts, type Contracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { historyOfLargeApi, registerLargeApi } from '../model/large-api.js'

/** The large API as the versioning half sees it: what its history reaches. */
export interface Extent {
  readonly routes: number
  /** routes that a change reaches */
  readonly reachedRoutes: number
  /** distinct (schema, version) beside head's */
  readonly pairs: number
}

/** Counts what the history of the large API reaches. */
export async function measureExtent (): Promise<Extent> {
  const routes: RouteOptions[] = []
  const app = Fastify({ exposeHeadRoutes: false })
  app.addHook('onRoute', (route) => { routes.push(route) })
  registerLargeApi(app)
  await app.close()
  const places = new Map(routes.flatMap(placesOf))
  const contracts = deriveContracts(historyOf(historyOfLargeApi()), { schemas: new Map(), places })
  return {
    routes: routes.length,
    reachedRoutes: routes.filter((route) => placesOf(route).some(([place]) => shapesOf(contracts, place).length > 0)).length,
    pairs: new Set([...places.keys()].flatMap((place) => shapesOf(contracts, place))).size
  }
}

function shapesOf (contracts: Contracts, place: string): object[] {
  return contracts.versions.map((_, index) => contracts.shape(place, index)).filter((shape) => shape !== null)
}

function placesOf ({ method, url, schema }: RouteOptions): Array<[string, JsonSchema]> {
  const responses = isRecord(schema?.response) ? Object.entries(schema.response) : []
  return [['body', schema?.body] as const, ...responses].flatMap(([part, found]) => isRecord(found) ? [[`${String(method)} ${url} ${part}`, found]] : [])
}
