import createError from '@fastify/error'

/**
 * Every error that fastify-vintage raises, in one table. `FST_ERR_VINTAGE_REFUSED_*` marks a step that was
 * refused because it would not be safe: the CLI answers those with exit code 3.
 *
 * A message says what happened, what was got, what was wanted, and the way out.
 */
const define = (reason: string, message: string, statusCode = 500) =>
  createError(`FST_ERR_VINTAGE_${reason}`, message, statusCode)

// options and version files
export const InvalidOptionError = define('INVALID_OPTION', 'fastify-vintage: option `%s` %s')
export const MisfitError = define('MISFIT', '%s')

// a request
export const UnknownVersionError = define('UNKNOWN_VERSION', '`%s` is not a version of this API. Supported versions: %s.', 400)
export const PinUndefinedError = define('PIN_UNDEFINED', '`pin` returned undefined for %s: has authentication run? Return a version, or null for an account without a pin.')

// tables in transition
export const RefusedError = (reason: string, message: string) => define(`REFUSED_${reason}`, message)
