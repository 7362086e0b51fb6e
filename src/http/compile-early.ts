import { MisfitError } from '../errors.js'
import type { Shape } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import type { PartShape } from './route-conversion.js'

/** As many validators are compiled at the start; with more distinct shapes, each is compiled by the first request that needs it. */
const EARLY_SHAPES = 200

/**
 * Compiles the request validators of the older versions, so that a version file that ajv refuses stops the start and not a request.
 * @throws FST_ERR_VINTAGE_MISFIT for a shape that does not compile
 */
export function compileEarly (parts: Iterable<PartShape>, compilers: Compilers, limit: number = EARLY_SHAPES): void {
  const places = new Map<Shape, string>()
  for (const { shape, place } of parts) if (!places.has(shape)) places.set(shape, place)
  if (places.size > limit) return
  for (const [shape, place] of places) {
    try {
      compilers.validatorOf(shape)
    } catch (cause) {
      throw new MisfitError(`The schema of \`${place}\` in version ${shape.version} cannot be compiled: ${String(cause)}. Correct the fragments of the changes that lead there, or the app's ajv options.`, { cause })
    }
  }
}
