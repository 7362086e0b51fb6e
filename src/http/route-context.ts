import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import { findSymbol, readSymbol } from './fastify-internals.js'

/** The record that Fastify keeps of a route, as far as it concerns us; its hooks are bound, those of scopes included. */
export interface RouteContext {
  readonly config: FastifyContextConfig
  attachValidation: boolean
  preValidation: readonly Function[] | null
  preHandler: readonly Function[] | null
  preSerialization: readonly Function[] | null
  onError: readonly Function[] | null
}

/** Reads and replaces the record of the route that a request came to. */
export interface RouteContexts {
  of (request: FastifyRequest): RouteContext
  /** What follows of the lifecycle goes by this record; Fastify itself does so where a handler calls `reply.callNotFound`. */
  set (request: FastifyRequest, context: RouteContext): void
}

/** Puts something in the place of the validator of a route's bodies, where there is one for all of them. */
export function replaceBodyValidator (context: RouteContext, replace: (validate: Function) => Function): void {
  const symbol = findSymbol(context, 'body-schema')
  const validate: unknown = symbol === undefined ? undefined : Reflect.get(context, symbol)
  if (symbol !== undefined && typeof validate === 'function') Reflect.set(context, symbol, replace(validate))
}

/**
 * Finds where requests keep the record of their route.
 * @returns null where this version of Fastify keeps it otherwise
 */
export function findRouteContexts (app: FastifyInstance): RouteContexts | null {
  const reply: unknown = readSymbol(app, 'fastify.Reply')
  const symbol = typeof reply === 'function' ? findSymbol(reply.prototype, 'fastify.context') : undefined
  if (symbol === undefined) return null
  return {
    of: (request) => Object(request)[symbol],
    set (request, context) { Object(request)[symbol] = context }
  }
}
