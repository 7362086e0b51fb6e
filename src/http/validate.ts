import type { FastifyInstance, FastifySchemaValidationError, RouteOptions } from 'fastify'
import type { SchemaErrorDataVar, SchemaErrorFormatter } from 'fastify/types/schema.js'
import { isList, isRecord } from '../versioning/json-schema.js'
import { readSchemaErrorFormatter } from './fastify-internals.js'
import type { ValidationFailure } from './request-state.js'

/** What a validator found: the value, coerced and with defaults, or the errors. */
export type Verdict = { readonly value: unknown } | { readonly errors: FastifySchemaValidationError[] }

/** Validates one value of an old shape; like Fastify's own validators it may coerce in place. */
export type Validate = (value: unknown) => Verdict

/** Wraps a compiled ajv function, so that a coerced root value is not lost. */
export function compileValidator (validate: Function & { errors?: unknown }): Validate {
  return function validateOld (value) {
    const holder = { value }
    const valid: unknown = validate(value, { instancePath: '', parentData: holder, parentDataProperty: 'value', rootData: value })
    return valid === true ? holder : { errors: listErrors(validate.errors) }
  }
}

function listErrors (errors: unknown): FastifySchemaValidationError[] {
  return isList(errors) ? errors.filter(isValidationError) : []
}

function isValidationError (error: unknown): error is FastifySchemaValidationError {
  return isRecord(error) && typeof error.keyword === 'string'
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

/** Makes the error of an invalid part as Fastify does, with the formatter of the route, of its scope, or the default one. */
export function formatRefusal (errors: FastifySchemaValidationError[], part: SchemaErrorDataVar, format: SchemaErrorFormatter): ValidationFailure {
  const error: Error & { statusCode?: number, code?: string } = format(errors, part)
  error.statusCode ||= 400
  error.code ||= 'FST_ERR_VALIDATION'
  return Object.assign(error, { validation: errors, validationContext: part })
}

/** The formatter of validation errors that holds for a route. */
export function formatterOf (options: RouteOptions, instance: FastifyInstance): SchemaErrorFormatter {
  return options.schemaErrorFormatter ?? readSchemaErrorFormatter(instance) ?? formatAsFastify
}

// Fastify does not export its own
const formatAsFastify: SchemaErrorFormatter = (errors, part) =>
  new Error(errors.map(({ instancePath, message }) => `${part}${instancePath} ${message}`).join(', '))
