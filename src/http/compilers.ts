import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { Shape } from '../versioning/contracts.js'
import type { JsonSchema } from '../versioning/json-schema.js'
import type { AjvOptions, CompilerOptions } from './fastify-internals.js'
import { openRemainders, type Remainder } from './remainders.js'
import { compileValidator, type Validate } from './validate.js'

/** Turns a value of an old shape into JSON text. */
export type Serialize = (value: unknown) => string

/** As what a shape is met: what comes in is validated and upgraded, what goes out is downgraded and serialised. */
export type Role = 'request' | 'response'

/** How many shapes have been compiled: all, and those that a request had to wait for. */
export interface CompileCounts { readonly compiled: number, readonly cold: number }

/** The compilers of the old versions: our own instances, so that no schema of theirs can be taken for one of head's. */
export interface Compilers {
  /** The validator of a shape; compiled on first use, which is counted as cold. */
  validatorOf (shape: Shape): Validate
  /** The serialiser of a shape; compiled on first use, which is counted as cold. */
  serializerOf (shape: Shape): Serialize
  /** What validates an upgraded value of a shape as far as it is not proven; null where head's whole validator has to. */
  remainderOf (shape: Shape): Remainder | null
  /** The serialiser of a shape for a value that need not be whole; compiled on first use. */
  viewerOf (shape: Shape): Serialize
  /** Compiles ahead of the requests, in steps that can be taken one at a time; nothing is left to do for what is compiled. */
  warm (shape: Shape, role: Role): ReadonlyArray<() => unknown>
  /** Tells whether a validator of a schema can be made. */
  accepts (schema: JsonSchema): boolean
  readonly counts: CompileCounts
}

/** Makes the compilers of the old versions from the options of the app's own. */
export function buildCompilers ({ ajv, serializer }: CompilerOptions): Compilers {
  const compileSchema = AjvCompiler()({}, closedAjvOptions(ajv))
  // each serialiser has an ajv of its own, which judges values and never schemas
  const compileSerializer = SerializerSelector()({}, { ...serializer, ajv: Object.assign({ meta: false }, serializer.ajv) })
  const counts = { compiled: 0, cold: 0 }
  const validators = countingStore(counts, (shape) => compileValidator(compileSchema({ schema: shape.schema })))
  const serializers = countingStore(counts, (shape): Serialize => compileSerializer({ schema: shape.schema, method: '', url: '', httpStatus: '' }))
  const viewers = new WeakMap<Shape, Serialize>()
  const parts = {
    request: { store: validators, converterOf: (shape: Shape) => shape.upgrade },
    response: { store: serializers, converterOf: (shape: Shape) => shape.downgrade }
  }
  return {
    validatorOf: validators.get,
    serializerOf: serializers.get,
    remainderOf: openRemainders((schema) => compileSchema({ schema }), ajv),
    viewerOf (shape) {
      const viewer = viewers.get(shape) ?? compileSerializer({ schema: { ...shape.schema, required: [] }, method: '', url: '', httpStatus: '' })
      viewers.set(shape, viewer)
      return viewer
    },
    warm (shape, role) {
      const { store, converterOf } = parts[role]
      return store.has(shape) ? [] : [() => converterOf(shape), () => store.warm(shape)]
    },
    accepts (schema) {
      try {
        compileSchema({ schema })
        return true
      } catch {
        return false
      }
    },
    counts
  }
}

interface Store<Value> {
  get (shape: Shape): Value
  warm (shape: Shape): void
  has (shape: Shape): boolean
}

function countingStore<Value extends object> (counts: { compiled: number, cold: number }, compile: (shape: Shape) => Value): Store<Value> {
  const known = new WeakMap<Shape, Value>()
  function make (shape: Shape): Value {
    const value = compile(shape)
    known.set(shape, value)
    counts.compiled++
    return value
  }
  function get (shape: Shape): Value {
    const found = known.get(shape)
    if (found !== undefined) return found
    counts.cold++
    return make(shape)
  }
  return { get, warm: (shape) => { if (!known.has(shape)) make(shape) }, has: (shape) => known.has(shape) }
}

// with `addUsedSchema`, ajv would give back the first schema that it saw under an `$id`; tidying up what it generates
// takes ajv as long as generating it, and V8 compiles both to the same
function closedAjvOptions (ajv: AjvOptions): AjvOptions {
  const own = { addUsedSchema: false, code: { optimize: false, ...ajv.customOptions?.code } }
  return ajv.mode === 'JTD'
    ? { ...ajv, customOptions: { ...ajv.customOptions, ...own } }
    : { ...ajv, customOptions: { ...ajv.customOptions, ...own } }
}
