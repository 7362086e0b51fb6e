import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { Shape } from '../versioning/contracts.js'
import type { AjvOptions, CompilerOptions } from './fastify-internals.js'
import { compileValidator, type Validate } from './validate.js'

/** Turns a value of an old shape into JSON text. */
export type Serialize = (value: unknown) => string

/** The compilers of the old versions: our own instances, so that no schema of theirs can be taken for one of head's. */
export interface Compilers {
  /** The validator of a shape; compiled on first use. */
  validatorOf (shape: Shape): Validate
  /** The serialiser of a shape; compiled on first use. */
  serializerOf (shape: Shape): Serialize
  /** The serialiser of a shape for a value that need not be whole; compiled on first use. */
  viewerOf (shape: Shape): Serialize
}

/** Makes the compilers of the old versions from the options of the app's own. */
export function buildCompilers ({ ajv, serializer }: CompilerOptions): Compilers {
  const validators = new WeakMap<Shape, Validate>()
  const serializers = new WeakMap<Shape, Serialize>()
  const viewers = new WeakMap<Shape, Serialize>()
  const compileSchema = AjvCompiler()({}, closedAjvOptions(ajv))
  const compileSerializer = SerializerSelector()({}, serializer)
  return {
    validatorOf: (shape) => remember(validators, shape, () => compileValidator(compileSchema({ schema: shape.schema }))),
    serializerOf: (shape) => remember(serializers, shape, () => compileSerializer({ schema: shape.schema, method: '', url: '', httpStatus: '' })),
    viewerOf: (shape) => remember(viewers, shape, () => compileSerializer({ schema: { ...shape.schema, required: [] }, method: '', url: '', httpStatus: '' }))
  }
}

// with `addUsedSchema`, ajv would give back the first schema that it saw under an `$id`
function closedAjvOptions (ajv: AjvOptions): AjvOptions {
  return ajv.mode === 'JTD'
    ? { ...ajv, customOptions: { ...ajv.customOptions, addUsedSchema: false } }
    : { ...ajv, customOptions: { ...ajv.customOptions, addUsedSchema: false } }
}

function remember<Value> (known: WeakMap<Shape, Value>, shape: Shape, compile: () => Value): Value {
  const found = known.get(shape)
  if (found !== undefined) return found
  const value = compile()
  known.set(shape, value)
  return value
}
