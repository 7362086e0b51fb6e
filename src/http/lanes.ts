import type { FastifyRequest } from 'fastify'
import { replaceBodyValidator, type RouteContext, type RouteContexts } from './route-context.js'
import type { LaneStages } from './stages.js'

/**
 * Sends requests of older clients another way than those of head. Both are the same route to the router; but the hooks that
 * convert stand only in the older lane, so that head clients do not pay for them, and no hook of anybody's comes behind them.
 */
export interface Lanes {
  /** Lets the rest of a request go through our hooks. */
  enter (request: FastifyRequest): void
  /** Lets the rest of a request go as if it had never entered. */
  leave (request: FastifyRequest): void
}

/** The lanes of one route. */
export interface RouteLanes {
  /** For requests that may have to be converted. */
  readonly older: Lanes
  /** For requests of head to a route that has internal fields. */
  readonly head: Lanes
}

/** Makes the lanes of one route; each of its registrations (HEAD, a trailing slash) has a context of its own. */
export function buildLanes (contexts: RouteContexts, stages: LaneStages): RouteLanes {
  return {
    older: buildLane(contexts, stages),
    head: buildLane(contexts, { preSerialization: stages.preSerialization })
  }
}

function buildLane (contexts: RouteContexts, stages: Partial<LaneStages>): Lanes {
  const olderOf = new WeakMap<RouteContext, RouteContext>()
  const headOf = new WeakMap<RouteContext, RouteContext>()
  return {
    enter (request) {
      const head = contexts.of(request)
      let older = olderOf.get(head)
      if (older === undefined) {
        older = addStages(head, stages)
        olderOf.set(head, older)
        headOf.set(older, head)
      }
      contexts.set(request, older)
    },
    leave (request) {
      const head = headOf.get(contexts.of(request))
      if (head !== undefined) contexts.set(request, head)
    }
  }
}

function addStages (head: RouteContext, stages: Partial<LaneStages>): RouteContext {
  const older: RouteContext = Object.assign(Object.create(Object.getPrototypeOf(head)), head)
  const behind = (hooks: readonly Function[] | null, stage: Function | undefined) => stage === undefined ? hooks : [...hooks ?? [], stage]
  older.preValidation = behind(head.preValidation, stages.preValidation)
  if (stages.preHandler !== undefined) {
    older.attachValidation = true
    older.preHandler = behind([stages.preHandler, ...head.preHandler ?? []], stages.enterHandler)
  }
  older.preSerialization = behind(head.preSerialization, stages.preSerialization)
  older.onError = behind(head.onError, stages.onError)
  if (stages.judgeBody !== undefined) replaceBodyValidator(older, stages.judgeBody)
  return older
}
