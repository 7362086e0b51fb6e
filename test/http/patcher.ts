import type { FastifyRequest } from 'fastify'
import type { Test } from 'tap'
import { User, UserPatch, V0, ada, buildApp } from './shop.js'

const json = { 'content-type': 'application/json' }

export type State = Record<string, unknown>

/** A PATCH that shows what its handler was given, and what hooks before it saw. */
export async function patcher (t: Test, current: (request: FastifyRequest) => unknown = () => ({ value: ada, token: 7 }), route: object = {}) {
  const app = await buildApp(t)
  const handled: State[] = []
  // what is given in the wrong is tried as well
  const options: object = { ...route, config: { vintage: { currentResource: current } } }
  app.patch('/users/:id', { ...options, schema: { body: UserPatch, response: { 200: User } } }, async ({ body, vintage, validationError }) => {
    handled.push({ body, token: vintage.token, ...(validationError == null ? {} : { invalid: validationError.message }) })
    return { ...ada, ...Object(body) }
  })
  const patch = async (payload: unknown, version = V0) => {
    const response = await app.inject({ method: 'PATCH', url: '/users/1', headers: { ...json, 'api-version': version }, payload: JSON.stringify(payload) })
    return { status: response.statusCode, body: response.json() }
  }
  return { app, patch, handled }
}
