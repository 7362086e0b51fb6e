import { InvalidOptionError } from './errors.js'
import type { VersionTable } from './http/version-table.js'
import type { Pin } from './types.js'
import type { HistorySource } from './versioning/load.js'

/** Options of the plugin `fastify-vintage`. */
export interface VintageOptions {
  /** Where the version files lie, or the changes themselves by version: `{ '2024-09-01': [change(…)] }`. */
  versions: HistorySource
  /**
   * The version of a request that names none and whose account has no pin; `'reject'` answers those with 400.
   * Must be set once there are two versions.
   */
  default?: string
  /** Asks which version an account is pinned to; called once for a request without a version header, just before validation. */
  pin?: Pin
  /** The request headers by which `pin` knows the account, named in `Vary` where it was asked. @default ['authorization'] */
  pinnedBy?: readonly string[]
  /** The header that names the version, in requests and in responses. @default 'api-version' */
  header?: string
  /** The parameter of the query that may name the version as well, for links: `?api-version=2024-01-01`; the route does not see it. @default none */
  query?: string
  /** The parameter of the media types in `Accept` and `Content-Type` that may name the version as well: `application/json; version=2024-01-01`. @default none */
  mediaType?: string
  /** Whether a URL may begin with the version, `/2024-01-01/users`; needs `rewriteUrl: rewriteVersionPath` among the options of Fastify itself. @default false */
  path?: boolean
  /** Whether `app.vintage.current()` knows the request being served. It makes each `await` of the process slower on Node 20. @default false */
  asyncLocalStorage?: boolean
  /** Whether the header must name a version exactly, or any date on or after one. @default 'exact' */
  match?: 'exact' | 'earlier'
  /** Whether a route without response schemas stops the start, or is only logged. @default 'strict' */
  coverage?: 'strict' | 'warn'
  /** Whether Fastify's answer to an error of ours becomes a problem (RFC 9457); an error handler of the app, and a response schema of the status, go before it. @default true */
  problemDetails?: boolean
  /** Whether what older clients will need is compiled in the background once the server listens, in slices of a few ms. @default true */
  warmUp?: boolean
  /** Loads one version file by its `file:` URL. @default native `import()` */
  importModule?: (url: string) => Promise<unknown>
}

/** The options with their defaults, as the stages of a request read them. */
export interface Settings {
  readonly header: string
  /** null where the query does not name a version */
  readonly query: string | null
  /** null where media types do not name a version */
  readonly mediaType: string | null
  readonly path: boolean
  readonly asyncLocalStorage: boolean
  readonly match: 'exact' | 'earlier'
  readonly coverage: 'strict' | 'warn'
  readonly problemDetails: boolean
  readonly warmUp: boolean
  readonly pin: Pin | null
  readonly pinnedBy: readonly string[]
  /** The index of the default version; null when a request must name one. */
  readonly defaultIndex: number | null
}

const known = new Set(['versions', 'default', 'pin', 'pinnedBy', 'header', 'query', 'mediaType', 'path', 'asyncLocalStorage', 'match', 'coverage', 'problemDetails', 'warmUp', 'importModule',
  // those of `register` itself
  'prefix', 'logLevel', 'logSerializers'])

const headerName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/**
 * Checks what can be checked before the version files are loaded.
 * @throws FST_ERR_VINTAGE_INVALID_OPTION
 */
export function checkOptions (options: VintageOptions): void {
  const unknown = Object.keys(options).find((name) => !known.has(name))
  if (unknown !== undefined) throw new InvalidOptionError(unknown, `does not exist: expected one of ${[...known].join(', ')}`)
  const { versions, pin, importModule, header, query, mediaType, path, asyncLocalStorage, match, coverage, problemDetails, warmUp, pinnedBy } = options
  check('versions', versions, typeof versions === 'string' || (typeof versions === 'object' && versions !== null), 'the URL or path of the folder of version files, or a record of changes by version')
  check('pin', pin, pin === undefined || typeof pin === 'function', 'a function of the request that gives a version or null')
  check('importModule', importModule, importModule === undefined || typeof importModule === 'function', 'a function that loads a file: URL')
  check('header', header, header === undefined || isHeaderName(header), 'the name of a header')
  check('query', query, query === undefined || (typeof query === 'string' && query !== ''), 'the name of a parameter of the query')
  check('mediaType', mediaType, mediaType === undefined || isHeaderName(mediaType), 'the name of a parameter of media types')
  check('path', path, path === undefined || typeof path === 'boolean', 'true or false')
  check('asyncLocalStorage', asyncLocalStorage, asyncLocalStorage === undefined || typeof asyncLocalStorage === 'boolean', 'true or false')
  check('match', match, match === undefined || match === 'exact' || match === 'earlier', "'exact' or 'earlier'")
  check('coverage', coverage, coverage === undefined || coverage === 'strict' || coverage === 'warn', "'strict' or 'warn'")
  check('problemDetails', problemDetails, problemDetails === undefined || typeof problemDetails === 'boolean', 'true or false')
  check('warmUp', warmUp, warmUp === undefined || typeof warmUp === 'boolean', 'true or false')
  check('pinnedBy', pinnedBy, pinnedBy === undefined || (Array.isArray(pinnedBy) && pinnedBy.every(isHeaderName)), 'a list of names of headers')
}

/**
 * Fills in the defaults, once the versions are known.
 * @throws FST_ERR_VINTAGE_INVALID_OPTION when `default` is missing or no version
 */
export function readSettings (options: VintageOptions, table: VersionTable): Settings {
  return {
    header: (options.header ?? 'api-version').toLowerCase(),
    query: options.query ?? null,
    mediaType: options.mediaType?.toLowerCase() ?? null,
    path: options.path ?? false,
    asyncLocalStorage: options.asyncLocalStorage ?? false,
    match: options.match ?? 'exact',
    coverage: options.coverage ?? 'strict',
    problemDetails: options.problemDetails ?? true,
    warmUp: options.warmUp ?? true,
    pin: options.pin ?? null,
    pinnedBy: (options.pinnedBy ?? ['authorization']).map((name) => name.toLowerCase()),
    defaultIndex: indexOfDefault(options.default, table)
  }
}

function indexOfDefault (version: unknown, table: VersionTable): number | null {
  if (version === 'reject') return null
  if (version === undefined && table.headIndex === 0) return 0
  const index = typeof version === 'string' ? table.indexOf(version) : undefined
  if (index === undefined) refuse('default', version, `the version of requests that name none, one of ${table.listed}, or 'reject'`)
  return index
}

function isHeaderName (value: unknown): boolean {
  return typeof value === 'string' && headerName.test(value.toLowerCase())
}

function check (name: string, value: unknown, valid: boolean, wanted: string): void {
  if (!valid) refuse(name, value, wanted)
}

function refuse (name: string, value: unknown, wanted: string): never {
  throw new InvalidOptionError(name, `is ${value === undefined ? 'missing' : describe(value)}: expected ${wanted}`)
}

function describe (value: unknown): string {
  return typeof value === 'function' ? 'a function' : JSON.stringify(value) ?? String(value)
}
