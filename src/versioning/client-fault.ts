import { isRecord } from './json-schema.js'

// a module loaded natively and by jiti is two modules: a registered symbol is the same in both
const kFault: unique symbol = Symbol.for('fastify-vintage.client-fault')

/** What is wrong with an object that a client sent, as a step on its way to head sees it. */
export interface ClientFault {
  /** fields that are there, as the client calls them; `address.street` where one lies deeper */
  readonly fields: readonly string[]
  /** fields that are not there */
  readonly absent: readonly string[]
  /** about each of the fields: `must not have more than 50 characters` */
  readonly detail: string
  /** @returns whether a value of the fields may be the one */
  isFault (value: unknown): boolean
}

/** Notes on an error what the client has to correct; no log and no serialiser shows it. */
export function withFault<Failure extends Error> (error: Failure, fault: ClientFault): Failure {
  return Object.defineProperty(error, kFault, { value: fault })
}

/** @returns what the client has to correct; undefined for any other error */
export function faultOf (error: unknown): ClientFault | undefined {
  const fault: unknown = isRecord(error) ? Reflect.get(error, kFault) : undefined
  return isFault(fault) ? fault : undefined
}

function isFault (value: unknown): value is ClientFault {
  return isRecord(value) && typeof value.isFault === 'function'
}
