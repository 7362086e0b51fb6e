import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { InvalidOptionError } from '../errors.js'
import { inspectionsOf, type Inspection } from '../http/inspection.js'
import { watchAnswers, type CheckAnswer } from './check-answers.js'

/** What a request may have beside its method, URL and body. */
export type ClientOptions = Omit<InjectOptions, 'method' | 'url' | 'path' | 'payload' | 'body'>

/** A client of one version: it names the version in each request, and checks each answer against the contract of that version. */
export interface VersionClient {
  /** the version that it names */
  readonly version: string
  /**
   * Sends a request without a socket.
   * @throws FST_ERR_VINTAGE_CONTRACT_BROKEN when the JSON body of the answer does not fit the schema that its status has in the served version; it names place, field and version
   */
  inject (options: InjectOptions | string): Promise<LightMyRequestResponse>
  get (url: string, options?: ClientOptions): Promise<LightMyRequestResponse>
  head (url: string, options?: ClientOptions): Promise<LightMyRequestResponse>
  delete (url: string, options?: ClientOptions): Promise<LightMyRequestResponse>
  options (url: string, options?: ClientOptions): Promise<LightMyRequestResponse>
  post (url: string, body?: InjectOptions['payload'], options?: ClientOptions): Promise<LightMyRequestResponse>
  put (url: string, body?: InjectOptions['payload'], options?: ClientOptions): Promise<LightMyRequestResponse>
  patch (url: string, body?: InjectOptions['payload'], options?: ClientOptions): Promise<LightMyRequestResponse>
}

/** A client for each version, by its date, and one for the newest. */
export type Clients<Version extends string = string> = { readonly head: VersionClient } & { readonly [Name in Version]: VersionClient }

/**
 * Makes one client for each version of an app. Every answer that they get is held against the contract of its version, so
 * that the tests of an app check its contracts as well. With the file that `vintage types` writes, the versions are known
 * to the compiler: `clients<keyof Versions>(app)`.
 *
 * @param app the scope in which the plugin is registered, or one around it. The app itself need not be ready yet; of a scope
 * below it Fastify runs no `onReady`, so there `await app.ready()` goes first
 * @throws FST_ERR_VINTAGE_INVALID_OPTION when the app does not register the plugin, or does so more than once outside of this scope
 * @example
 * const { '2024-01-01': old, head } = clients<keyof Versions>(app)
 * const response = await old.get('/users/1')
 * t.same(response.json(), { id: 1, first_name: 'Ada', last_name: 'Lovelace' })
 */
export function clients <Version extends string = string> (app: FastifyInstance): Clients<Version>
export function clients (app: FastifyInstance): Clients {
  const inspection = inspectionIn(app)
  const check = watchAnswers(inspection)
  const clientAt = (version: string) => clientOf(app, version, inspection.header, check)
  return { ...Object.fromEntries(inspection.history.versions.map((version) => [version, clientAt(version)])), head: clientAt(inspection.vintage.head) }
}

function inspectionIn (app: FastifyInstance): Inspection {
  const found = inspectionsOf(app)
  const [own] = found.length === 1 ? found : found.filter(({ vintage }) => app.hasDecorator('vintage') && vintage === app.vintage)
  if (own === undefined) throw new InvalidOptionError('app', found.length === 0 ? 'of `clients(app)` does not register fastify-vintage: await the registration first' : 'of `clients(app)` registers fastify-vintage in several scopes: pass one of these')
  return own
}

function clientOf (app: FastifyInstance, version: string, header: string, check: CheckAnswer): VersionClient {
  const inject: VersionClient['inject'] = async (options) => {
    const request = typeof options === 'string' ? { url: options } : options
    const response = await app.inject({ ...request, headers: { [header]: version, ...request.headers } })
    check(response)
    return response
  }
  const bare = (method: 'GET' | 'HEAD' | 'DELETE' | 'OPTIONS') => (url: string, options: ClientOptions = {}) => inject({ ...options, method, url })
  const withBody = (method: 'POST' | 'PUT' | 'PATCH') => (url: string, body?: InjectOptions['payload'], options: ClientOptions = {}) =>
    inject({ ...options, method, url, ...(body === undefined ? {} : { payload: body }) })
  return {
    version,
    inject,
    get: bare('GET'),
    head: bare('HEAD'),
    delete: bare('DELETE'),
    options: bare('OPTIONS'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH')
  }
}
