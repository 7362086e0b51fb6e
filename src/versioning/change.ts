import type { Operation } from './operations/operation.js'
import { isRecord } from './json-schema.js'

// A module loaded natively and by jiti is two modules: a registered symbol is the same in both, a class is not.
const brand: unique symbol = Symbol.for('fastify-vintage.change')

/** What may be said about a change beside its operation. */
export interface ChangeOptions {
  /** name of the transition that moves the columns of this change, for example `users.full_name` */
  readonly transition?: string
  /** `$id`s and places that look like the target but are meant to stay as they are */
  readonly except?: readonly string[]
}

/** One described difference between a version and the one before it; made by {@link change}. */
export interface Change extends ChangeOptions {
  readonly [brand]: true
  /** one sentence for the people who use the API */
  readonly description: string
  /** `$id`s, places (`GET /users 200`) or routes (`GET /users`), named as of the version that brings the change */
  readonly targets: readonly string[]
  readonly operation: Operation
}

/**
 * Describes one difference between a version and the version before it.
 *
 * @param description one sentence for the people who use the API; Markdown
 * @param target the `$id` of a schema, a place such as `GET /users querystring`, a route for endpoint operations, or a list of those
 * @example change('`created` is now `created_at`', 'User', rename({ created: 'created_at' }))
 */
export function change (description: string, target: string | readonly string[], operation: Operation, options: ChangeOptions = {}): Change {
  const targets = typeof target === 'string' ? [target] : [...target]
  return Object.freeze({ ...options, [brand]: true as const, description, targets, operation })
}

/** @returns whether a value was made by {@link change}, in this or in another copy of this module */
export function isChange (value: unknown): value is Change {
  return isRecord(value) && Reflect.get(value, brand) === true
}
