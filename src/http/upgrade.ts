import type { FastifyRequest } from 'fastify'
import type { CurrentResource } from '../types.js'
import { isRecord } from '../versioning/json-schema.js'
import type { Compilers } from './compilers.js'
import { conversionFailure } from './conversion-failure.js'
import { completeBody, deferBody, upgradeTold, type DeferredBody } from './current-resource.js'
import { judge, type JudgeContext } from './judge.js'
import type { Expected } from './judge-remainder.js'
import { letPass } from './let-pass.js'
import { asTooDeep, readPart, writePart } from './request-part.js'
import type { RequestState } from './request-state.js'
import type { PartShape } from './route-conversion.js'
import { formatRefusal, type Verdict } from './validate.js'

/** What the upgrade of a request needs beside the request. */
export interface UpgradeContext extends JudgeContext {
  readonly compilers: Compilers
  /** Looks up what a body changes in part; null where the route has no such function. */
  readonly currentResource: CurrentResource | null
  /** What head's validators find when Fastify runs them is made an answer of, so that they need not run here as well. */
  readonly isJudgedLater: boolean
  /** The body that head's validator has to judge in part only; null where the app has compilers of its own. */
  readonly expected: Expected | null
}

/**
 * Validates the changed parts of a request in the client's version and brings them to head. Head's validators run on the result
 * when Fastify runs them; where head has defaults, which are not for older clients, they run here instead.
 * A body that the route completes from its current resource waits for that until the handler's turn.
 * @returns a promise only where something is asynchronous
 * @throws what the client did wrong, in the client's field names (400); FST_ERR_VINTAGE_UNPROCESSABLE when head refuses what a
 * change said that it may (422), FST_ERR_VINTAGE_UPGRADE_REFUSED when it refuses anything else (500)
 */
export function upgradeRequest (request: FastifyRequest, state: RequestState, parts: readonly PartShape[], context: UpgradeContext): Promise<void> | undefined {
  for (const part of parts) {
    const pending = upgradePart(request, state, part, context)
    if (pending !== undefined) return pending.then(() => upgradeRequest(request, state, parts.slice(parts.indexOf(part) + 1), context))
  }
  return undefined
}

function upgradePart (request: FastifyRequest, state: RequestState, part: PartShape, context: UpgradeContext): Promise<void> | undefined {
  if (part.mediaType !== null && part.mediaType !== request.mediaType) return undefined
  try {
    // as Fastify: a body that is not there is validated as null
    const verdict = context.compilers.validatorOf(part.shape)(readPart(request, part.part) ?? null)
    const pending = verdict instanceof Promise ? verdict.then((late) => upgradeValid(request, state, part, late, context)) : upgradeValid(request, state, part, verdict, context)
    return pending?.catch((error) => { throw asTooDeep(error, part.part) })
  } catch (error) {
    // a validator, too, goes only as deep as the stack allows
    throw asTooDeep(error, part.part)
  }
}

function upgradeValid (request: FastifyRequest, state: RequestState, part: PartShape, verdict: Verdict, context: UpgradeContext): Promise<void> | undefined {
  if ('errors' in verdict) throw formatRefusal(verdict.errors, part.part, context.format)
  const sent = verdict.value
  if (sent === null) return undefined
  const { currentResource, format } = context
  let upgraded: unknown
  try {
    if (part.part === 'body' && currentResource !== null && isRecord(sent)) {
      const told = upgradeTold(part.shape, sent)
      if (told === null) {
        deferBody(request, state, { part, sent, currentResource, context })
        return undefined
      }
      upgraded = told.upgraded
    } else {
      upgraded = part.shape.upgrade(sent)
    }
  } catch (error) {
    throw conversionFailure({ request, state, part, sent, format }, error)
  }
  const upgrade = { part, sent, upgraded }
  // of headers Fastify validates a copy, so that what it coerces there would be lost
  if (context.isJudgedLater && part.part !== 'headers' && !part.shape.traces.hasHeadDefaults) {
    state.upgrades = [...state.upgrades, upgrade]
    if (part.part === 'body' && part.mediaType === null) expectBody(part, upgraded, context)
    writePart(request, part.part, upgraded)
    return undefined
  }
  return judge(request, state, upgrade, context).then(() => {
    if (part.shape.traces.hasHeadDefaults) letPass(request, part.part, upgraded)
    writePart(request, part.part, upgraded)
  })
}

function expectBody ({ shape }: PartShape, body: unknown, { compilers, expected }: UpgradeContext): void {
  const remainder = expected === null ? null : compilers.remainderOf(shape)
  if (expected === null || remainder === null) return
  expected.body = body
  expected.remainder = remainder
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
