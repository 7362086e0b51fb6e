import type { Shape } from '../versioning/contracts.js'
import type { JsonSchema } from '../versioning/json-schema.js'
import type { AjvOptions } from './fastify-internals.js'

/** Validates what upgrades have made of a value, and not what they carried over. */
export type Remainder = (value: unknown) => unknown

/** A shape gets a remainder once it was used so often: it pays for itself then, and most shapes are hardly used. */
const USES = 500

/**
 * Opens a store of remainders. One is compiled behind the request that shows that it pays; until then, and for shapes that have none, it is null.
 * @param compile makes a validator as head's are made
 */
export function openRemainders (compile: (schema: JsonSchema) => Remainder, ajv: AjvOptions): (shape: Pick<Shape, 'unproven'>) => Remainder | null {
  // what else validates may look beyond the field that it stands at, so that no field is proven by itself
  if (!isPlain(ajv)) return () => null
  const known = new WeakMap<object, { uses: number, remainder: Remainder | null }>()
  return (shape) => {
    const use = known.get(shape)
    if (use === undefined) {
      known.set(shape, { uses: 1, remainder: null })
      return null
    }
    if (++use.uses === USES) {
      setImmediate(() => {
        use.remainder = compileRemainder(shape, compile)
      })
    }
    return use.remainder
  }
}

// nobody waits for it who could be told that it fails
function compileRemainder ({ unproven }: Pick<Shape, 'unproven'>, compile: (schema: JsonSchema) => Remainder): Remainder | null {
  try {
    return unproven === null ? null : compile(unproven)
  } catch {
    return null
  }
}

function isPlain ({ mode, customOptions = {}, plugins = [], onCreate }: AjvOptions): boolean {
  return mode !== 'JTD' && plugins.length === 0 && onCreate === undefined && customOptions.keywords === undefined && customOptions.$data !== true && customOptions.schemas === undefined
}
