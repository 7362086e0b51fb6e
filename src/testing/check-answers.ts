import type { LightMyRequestResponse } from 'fastify'
import { ContractBrokenError } from '../errors.js'
import { openCatalogue } from '../http/catalogue.js'
import type { Inspection } from '../http/inspection.js'
import { routeOf, type VersionedRoute } from '../http/versioned-route.js'
import { admitNamedOnly } from '../versioning/admit-named-only.js'
import { closeSchema } from '../versioning/close-schema.js'
import type { Catalogue } from '../versioning/lock/catalogue.js'

/**
 * Holds an answer against the contract of the version that it was written for.
 * @throws FST_ERR_VINTAGE_CONTRACT_BROKEN
 */
export type CheckAnswer = (response: LightMyRequestResponse) => void

interface Served { readonly route: VersionedRoute | undefined, readonly index: number, readonly method: string }

/** Notes from now on which route and version answer each request. */
export function watchAnswers (inspection: Inspection): CheckAnswer {
  const { watcher, history } = inspection
  const served = new WeakMap<object, Served>()
  const before = watcher.tell
  watcher.tell = (request, index) => {
    before?.(request, index)
    served.set(request.raw, { route: routeOf(request), index, method: request.method })
  }
  const contractOf = rememberContracts(inspection)
  return (response) => {
    const found = served.get(response.raw.req)
    const body = found === undefined ? undefined : bodyOf(response)
    if (found?.route === undefined || body === undefined) return
    const contract = contractOf(found.route, found.method, found.index, response.statusCode)
    const problem = contract?.validate(body.value)
    if (problem !== undefined) throw new ContractBrokenError(contract?.place, history.versions[found.index], problem)
  }
}

/** The JSON of an answer; undefined for one that has none, or is our own description of a problem. */
function bodyOf ({ headers, payload }: LightMyRequestResponse): { readonly value: unknown } | undefined {
  const type = String(headers['content-type'] ?? '')
  if (payload === '' || !/^application\/(?:[^;]+\+)?json\b/i.test(type) || type.startsWith('application/problem+json')) return undefined
  return { value: JSON.parse(payload) }
}

interface AnswerContract { readonly place: string, validate (value: unknown): string | undefined }

function rememberContracts (inspection: Inspection) {
  const known = new Map<string, AnswerContract | null>()
  let catalogue: Catalogue | undefined
  return ({ standsAt }: VersionedRoute, method: string, index: number, status: number): AnswerContract | null => {
    const name = `${method} ${standsAt} ${status}`
    const kept = known.get(`${index} ${name}`)
    if (kept !== undefined) return kept
    const made = findContract(catalogue ??= openCatalogue(inspection), `${method} ${standsAt}`, String(status), index)
    known.set(`${index} ${name}`, made)
    return made
  }
}

/** A status is looked up as Fastify does: `201`, then `2xx`, then `default`. */
function findContract ({ world, placesAt }: Catalogue, endpoint: string, status: string, index: number): AnswerContract | null {
  const places = placesAt(index)
  const place = [status, `${status.charAt(0)}xx`, 'default'].map((part) => `${endpoint} ${part}`).find((name) => places.has(name))
  const key = place === undefined ? undefined : places.get(place)
  if (place === undefined || key === undefined) return null
  return { place, validate: world.compile(admitNamedOnly(closeSchema(key, index, world.derived, world.reach))) }
}
