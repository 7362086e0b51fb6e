import type { FastifyRequest } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import type { CurrentResource } from '../types.js'
import { isRecord } from '../versioning/json-schema.js'
import { noteFields, removeOthers } from './added-fields.js'
import type { Compilers } from './compilers.js'
import { conversionFailure, type FailedConversion } from './conversion-failure.js'
import { completeBody, deferBody, isTold, type DeferredBody } from './current-resource.js'
import { refusalOf } from './head-refusal.js'
import type { ChangeLog } from './log-failure.js'
import { letPass } from './let-pass.js'
import { asTooDeep, headValidator, readPart, writePart } from './request-part.js'
import type { RequestState } from './request-state.js'
import type { PartShape } from './route-conversion.js'
import { formatRefusal, refusalOfHead } from './validate.js'

/** What the upgrade of a request needs beside the request. */
export interface UpgradeContext {
  readonly compilers: Compilers
  readonly changeLog: ChangeLog
  readonly format: SchemaErrorFormatter
  /** Looks up what a body changes in part; null where the route has no such function. */
  readonly currentResource: CurrentResource | null
}

/**
 * Validates the changed parts of a request in the client's version, brings them to head, and runs head's validator on the result.
 * Fastify validates them once more, and that they pass is what the run here makes sure of; not where head has defaults, which are not for older clients.
 * A body that the route completes from its current resource waits for that until the handler's turn.
 * @throws what the client did wrong, in the client's field names (400); FST_ERR_VINTAGE_UNPROCESSABLE when head refuses what a
 * change said that it may (422), FST_ERR_VINTAGE_UPGRADE_REFUSED when it refuses anything else (500)
 */
export async function upgradeRequest (request: FastifyRequest, state: RequestState, parts: readonly PartShape[], context: UpgradeContext): Promise<void> {
  for (const part of parts) {
    if (part.mediaType !== null && part.mediaType !== request.mediaType) continue
    try {
      await upgradePart(request, state, part, context)
    } catch (error) {
      // a validator, too, goes only as deep as the stack allows
      throw asTooDeep(error, part.part)
    }
  }
}

async function upgradePart (request: FastifyRequest, state: RequestState, part: PartShape, context: UpgradeContext): Promise<void> {
  // as Fastify: a body that is not there is validated as null
  const verdict = await context.compilers.validatorOf(part.shape)(readPart(request, part.part) ?? null)
  if ('errors' in verdict) throw formatRefusal(verdict.errors, part.part, context.format)
  if (verdict.value === null) return
  const { currentResource, format } = context
  const sent = verdict.value
  const conversion: FailedConversion = { request, state, part, sent, format }
  if (part.part === 'body' && currentResource !== null && isRecord(sent) && !attempt(conversion, () => isTold(part.shape, sent))) {
    attempt(conversion, () => deferBody(request, state, { part, sent, currentResource, context }))
    return
  }
  const upgraded = attempt(conversion, () => part.shape.upgrade(sent))
  await judge(request, state, { part, sent, upgraded }, context)
  if (part.shape.traces.hasHeadDefaults) letPass(request, part.part, upgraded)
  writePart(request, part.part, upgraded)
}

function attempt<Result> (conversion: FailedConversion, convert: () => Result): Result {
  try {
    return convert()
  } catch (error) {
    throw conversionFailure(conversion, error)
  }
}

/** One part of a request, before and after its upgrade. */
export interface UpgradedPart { readonly part: PartShape, readonly sent: unknown, readonly upgraded: unknown }

/**
 * Runs head's validator on an upgraded part; the defaults of head that it fills in are taken out again.
 * @throws as {@link upgradeRequest}
 */
export async function judge (request: FastifyRequest, state: RequestState, upgrade: UpgradedPart, context: Pick<UpgradeContext, 'changeLog' | 'format'>): Promise<void> {
  const { part: { part, shape }, upgraded } = upgrade
  const noted = shape.traces.hasHeadDefaults ? noteFields(upgraded) : null
  const reason = await refusalOfHead(headValidator(request, part), upgraded)
  removeOthers(upgraded, noted)
  if (reason === null) return
  const refusal = refusalOf(upgrade, reason, state.version, context.format)
  state.faults = refusal.faults
  if (refusal.isOurs) context.changeLog.refused(request, state, upgrade.part.place, reason)
  throw refusal.error
}

/**
 * Completes a body that has waited for the current resource, and runs head's validator on it.
 * @returns false where there is no such resource
 * @throws as {@link upgradeRequest}
 */
export async function completeUpgrade (request: FastifyRequest, state: RequestState, deferred: DeferredBody): Promise<boolean> {
  state.deferred = null
  const completed = await completeBody(request, state, deferred)
  if (completed === null) return false
  await judge(request, state, { part: deferred.part, sent: deferred.sent, upgraded: completed.body }, deferred.context)
  state.token = completed.token
  request.body = completed.body
  return true
}
