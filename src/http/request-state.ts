import { isList } from '../versioning/json-schema.js'
import type { MigrateRange, VersionSource, VintageRequest } from '../types.js'
import type { DeferredBody } from './current-resource.js'
import type { UpgradedPart } from './judge.js'
import type { Fault } from './problem-details.js'
import type { PreparedRoute } from './versioned-route.js'

/** Where a request keeps its state: a symbol, so that no decorator of an app can collide with it. */
export const kRequestState: unique symbol = Symbol('fastify-vintage.request-state')

/** What all requests of one registration share. */
export interface VersionWorld {
  readonly versions: readonly string[]
  /** @throws FST_ERR_VINTAGE_UNKNOWN_BEHAVIOUR */
  has (behaviour: string, index: number): boolean
  /** Brings a value of a schema from one version to another; each @default head. */
  migrate (id: string, value: unknown, range: MigrateRange): unknown
}

const NONE: readonly never[] = Object.freeze([])

/** What is known of one request while it passes through the stages; the app sees it as `request.vintage`. */
export class RequestState implements VintageRequest {
  /** The index of the version that the response is rendered in. */
  index: number
  source: VersionSource
  /** Why the request is refused: no such version, two versions, none. */
  refusal: Error | null = null
  /** The request names no version, so that `pin` is asked. */
  awaitsPin = false
  /** `pin` was asked, so the response depends on who asks. */
  pinned = false
  /** The response names the version; false where no version was served at all. */
  named = true
  /** The payload has its old shape already. */
  rendered = false
  /** The route's hooks are through: what is sent from here on comes from its handler. */
  entered = false
  /** What is sent now is the answer to an error. */
  failed = false
  /** The route in whose old version the reply speaks; null while it speaks as head. */
  speaks: PreparedRoute | null = null
  /** What head has still to judge of the request, in its validators' turn. */
  upgrades: readonly UpgradedPart[] = NONE
  /** Our serialiser is set on the reply. */
  serialises = false
  /** What `reply.serialize` has written last, in the client's version. */
  written: string | null = null
  /** What a hook of the app has left as `validationError` before Fastify validated. */
  soft: Error | null = null
  /** The error in the client's own field names, for routes with `attachValidation`. */
  invalid: ValidationFailure | null = null
  /** A partial body that waits for the current resource. */
  deferred: DeferredBody | null = null
  /** What head refuses of the request, in the client's own field names. */
  faults: readonly Fault[] = NONE
  /** What `currentResource` gave for the condition of the write. */
  token: unknown = undefined
  /** The registration that the state is of. */
  readonly world: VersionWorld
  /** One state for all requests of head to which nothing but the response headers happens. */
  readonly isShared: boolean

  constructor (world: VersionWorld, index: number, source: VersionSource, isShared = false) {
    this.world = world
    this.index = index
    this.source = source
    this.isShared = isShared
  }

  get version (): string {
    return String(this.world.versions[this.index])
  }

  has (behaviour: string): boolean {
    return this.world.has(behaviour, this.index)
  }

  migrate (id: string, value: unknown, { from, to = this.version }: MigrateRange = {}): unknown {
    return this.world.migrate(id, value, from === undefined ? { to } : { from, to })
  }
}

/** A refusal as `request.validationError` holds it. */
export interface ValidationFailure extends Error { validation: unknown, validationContext: string }

/** Tells whether an error says that a part of the request is invalid. */
export function isValidationFailure (error: unknown): error is ValidationFailure {
  // the error of an asynchronous ajv validator has a `validation` of its own, which is `true`
  return error instanceof Error && 'validation' in error && isList(error.validation) && 'validationContext' in error
}
