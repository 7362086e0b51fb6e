import type { FastifyError, FastifyInstance, FastifySchemaValidationError, RouteOptions } from 'fastify'
import type { SchemaErrorDataVar, SchemaErrorFormatter } from 'fastify/types/schema.js'
import { isList, isRecord } from '../versioning/json-schema.js'
import { readSchemaErrorFormatter } from './fastify-internals.js'
import type { ValidationFailure } from './request-state.js'

/** What a validator found: the value, coerced and with defaults, or the errors. */
export type Verdict = { readonly value: unknown } | { readonly errors: FastifySchemaValidationError[] }

/** Validates one value of an old shape; like Fastify's own validators it may coerce in place, and be asynchronous. */
export type Validate = (value: unknown) => Verdict | Promise<Verdict>

/** Wraps a compiled ajv function, so that a coerced root value is not lost. */
export function compileValidator (validate: Function & { errors?: unknown }): Validate {
  return function validateOld (value) {
    const holder = { value }
    const valid: unknown = validate(value, { instancePath: '', parentData: holder, parentDataProperty: 'value', rootData: value })
    // a schema with `$async`: its promise fails with the errors
    if (valid instanceof Promise) return valid.then(() => holder, (error) => ({ errors: listErrorsOf(error) }))
    return valid === true ? holder : { errors: errorsIn(validate.errors) }
  }
}

function listErrorsOf (error: unknown): FastifySchemaValidationError[] {
  // what a keyword of the app throws is no verdict
  if (!isRecord(error) || !isList(error.errors)) throw error
  return errorsIn(error)
}

/** The errors of ajv in what a validator said; none where it was not ajv's. */
export function errorsIn (reason: unknown): FastifySchemaValidationError[] {
  const errors = isRecord(reason) ? reason.errors : reason
  return isList(errors) ? errors.filter(isValidationError) : []
}

function isValidationError (error: unknown): error is FastifySchemaValidationError {
  return isRecord(error) && typeof error.keyword === 'string' && typeof error.instancePath === 'string' && isRecord(error.params)
}

/** Runs one of head's validators, whatever made it, and gives the reason why it refuses a value; null when it takes it. */
export async function refusalOfHead (validate: unknown, value: unknown): Promise<unknown> {
  if (typeof validate !== 'function') return null
  try {
    const verdict: unknown = await validate(value)
    if (verdict === false) return Reflect.get(validate, 'errors') ?? 'refused'
    return isRecord(verdict) && 'error' in verdict && verdict.error ? verdict.error : null
  } catch (error) {
    return error
  }
}

/**
 * Makes the error of an invalid part as Fastify does, with the formatter of the route, of its scope, or the default one.
 * @param own the error of ours that it is, where it is one: a formatter of the app's goes before it
 */
export function formatRefusal (errors: FastifySchemaValidationError[], part: SchemaErrorDataVar, format: SchemaErrorFormatter, own?: FastifyError): ValidationFailure {
  const error: Error & { statusCode?: number, code?: string } = own !== undefined && format === formatAsFastify ? own : format(errors, part)
  error.statusCode ||= own?.statusCode ?? 400
  error.code ||= own?.code ?? 'FST_ERR_VALIDATION'
  return Object.assign(error, { validation: errors, validationContext: part })
}

/** The formatter of validation errors that holds for a route. */
export function formatterOf (options: RouteOptions, instance: FastifyInstance): SchemaErrorFormatter {
  return options.schemaErrorFormatter ?? readSchemaErrorFormatter(instance) ?? formatAsFastify
}

// Fastify does not export its own
const formatAsFastify: SchemaErrorFormatter = (errors, part) =>
  new Error(errors.map(({ instancePath, message }) => `${part}${instancePath} ${message}`).join(', '))
