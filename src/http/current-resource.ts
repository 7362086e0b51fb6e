import type { FastifyRequest } from 'fastify'
import { CurrentResourceError } from '../errors.js'
import type { CurrentResource } from '../types.js'
import { isRecord } from '../versioning/json-schema.js'
import { convertLoading } from '../versioning/load-context.js'
import { conversionFailure } from './conversion-failure.js'
import { letPass } from './let-pass.js'
import { mergePatch } from './merge-patch.js'
import type { RequestState } from './request-state.js'
import type { PartShape } from './route-conversion.js'
import type { UpgradeContext } from './upgrade.js'

/** A partial body of an older client, valid in its version, that waits for the current resource. */
export interface DeferredBody {
  readonly part: PartShape
  readonly sent: Readonly<Record<string, unknown>>
  /** What hooks were shown, as it was then. */
  readonly preview: Readonly<Record<string, unknown>>
  readonly context: UpgradeContext
  readonly currentResource: CurrentResource
}

/**
 * Leaves a partial body for {@link completeBody}, since the current resource may be read only once the route's hooks have
 * let the request through. Until then hooks see each field of head that the handler will get, `undefined` where its value is not known yet.
 */
export function deferBody (request: FastifyRequest, state: RequestState, body: Omit<DeferredBody, 'preview'>): void {
  const { part: { shape }, sent } = body
  const preview: Record<string, unknown> = { ...Object(shape.traces.dependents(sent, upgradeKnown(shape, sent), { value: undefined })) }
  state.deferred = { ...body, preview: { ...preview } }
  request.body = preview
  letPass(request, 'body', preview)
}

/** Brings a body to head if the sent fields alone tell all that depends on them; null: somebody has to look at the current resource. */
export function upgradeTold (shape: PartShape['shape'], sent: unknown): { readonly upgraded: unknown } | null {
  if (!shape.traces.isTold(sent)) return null
  try {
    return { upgraded: shape.upgrade(sent) }
  } catch (error) {
    if (isPartial(error)) return null
    throw error
  }
}

/** Brings those fields to head for which nothing else is needed. */
function upgradeKnown (shape: PartShape['shape'], sent: Readonly<Record<string, unknown>>): unknown {
  const attempt = (value: unknown) => {
    try {
      return shape.upgrade(value)
    } catch (error) {
      if (isPartial(error)) return {}
      throw error
    }
  }
  return Object.assign({}, ...Object.entries(sent).map(([name, value]) => attempt({ [name]: value })), attempt(sent))
}

// by its code: version files may have been loaded with an errors.ts of their own
function isPartial (error: unknown): boolean {
  return isRecord(error) && error.code === 'FST_ERR_VINTAGE_PARTIAL_FIELDS'
}

/** What a partial body became: which fields of head the handler is to change, and the token of what they were made of. */
export interface CompletedBody { readonly body: unknown, readonly token: unknown }

/**
 * Completes a partial body from the current resource: brings that to the client's version, lays the sent fields over it
 * (RFC 7396), brings the result to head, and keeps those fields of head that depend on a sent one.
 * @returns null where there is no such resource
 * @throws FST_ERR_VINTAGE_CURRENT_RESOURCE for a function that gives anything else, or what it throws
 * @see https://www.rfc-editor.org/rfc/rfc7396.html
 */
export async function completeBody (request: FastifyRequest, state: RequestState, { part, sent, preview, currentResource, context: { compilers, format } }: DeferredBody): Promise<CompletedBody | null> {
  const current: unknown = await currentResource(request)
  if (current === null) return null
  if (!isRecord(current) || !isRecord(current.value)) throw new CurrentResourceError(`${request.method} ${request.routeOptions.url}`, describe(current))
  const { shape } = part
  try {
    const downgraded = shape.loads ? await convertLoading(shape.downgrade, current.value, { request }) : shape.downgrade(current.value)
    const seen: unknown = JSON.parse(compilers.viewerOf(shape)(downgraded))
    const body = shape.traces.dependents(sent, shape.upgrade(mergePatch(seen, sent)))
    return { body: withEdits(body, preview, request.body), token: current.token }
  } catch (error) {
    throw conversionFailure({ request, state, part, sent, format }, error)
  }
}

/** Does to a body what hooks have done to its preview: fields set, and fields taken out. */
function withEdits (body: unknown, preview: Readonly<Record<string, unknown>>, edited: unknown): unknown {
  // a body that is no object any more is the hook's own
  if (!isRecord(edited)) return edited
  const kept = Object.entries(Object(body)).filter(([name]) => Object.hasOwn(edited, name) || !Object.hasOwn(preview, name))
  const set = Object.entries(edited).filter(([name, value]) => !Object.hasOwn(preview, name) || value !== preview[name])
  return Object.fromEntries([...kept, ...set])
}

function describe (value: unknown): string {
  if (!isRecord(value)) return value === undefined ? 'nothing' : typeof value
  return `an object of ${Object.keys(value).map((name) => `\`${name}\``).join(', ')}`
}
