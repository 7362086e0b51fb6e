import type { FastifyServerOptions } from 'fastify'
import type { FastifySchemaControllerOptions, SchemaErrorFormatter } from 'fastify/types/schema.js'
import { isRecord } from '../versioning/json-schema.js'

/**
 * Finds a symbol of Fastify by its description, on an object or its prototypes.
 *
 * Fastify 5 has no accessor for the values below; where a later version renames one,
 * the caller gets undefined and goes on with Fastify's default.
 */
export function findSymbol (object: object, description: string): symbol | undefined {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertySymbols(owner).find((symbol) => symbol.description === description)
    if (found !== undefined) return found
  }
  return undefined
}

/** Reads what an object keeps under a symbol of Fastify. */
export function readSymbol (object: object, description: string): unknown {
  const symbol = findSymbol(object, description)
  return symbol === undefined ? undefined : Reflect.get(object, symbol)
}

export type AjvOptions = NonNullable<FastifyServerOptions['ajv']>
export type SerializerOptions = NonNullable<FastifyServerOptions['serializerOpts']>

/** The options with which the app's own compilers were made. */
export interface CompilerOptions { ajv: AjvOptions, serializer: SerializerOptions }

function isCompilerOptions (value: unknown): value is { ajv?: AjvOptions, serializerOpts?: SerializerOptions } {
  return typeof value === 'object' && value !== null
}

/** Reads the app's `ajv` and `serializerOpts`. */
export function readCompilerOptions (instance: object): CompilerOptions {
  const options = readSymbol(instance, 'fastify.options')
  if (!isCompilerOptions(options)) return { ajv: {}, serializer: {} }
  return { ajv: options.ajv ?? {}, serializer: options.serializerOpts ?? {} }
}

function isSchemaErrorFormatter (value: unknown): value is SchemaErrorFormatter {
  return typeof value === 'function'
}

/** Reads what `setSchemaErrorFormatter` has set in this scope. */
export function readSchemaErrorFormatter (instance: object): SchemaErrorFormatter | undefined {
  const formatter = readSymbol(instance, 'fastify.schemaErrorFormatter')
  return isSchemaErrorFormatter(formatter) ? formatter : undefined
}

/** Tells whether `setReplySerializer` was called in this scope. */
export function hasReplySerializer (instance: object): boolean {
  return typeof readSymbol(instance, 'fastify.replySerializerDefault') === 'function'
}

/** Makes what tells whether `reply.serializer` was called for a reply; all replies keep that in the same place, which is looked for once. */
export function ownSerializerProbe (): (reply: object) => boolean {
  let symbol: symbol | undefined
  return (reply) => {
    symbol ??= findSymbol(reply, 'fastify.reply.serializer')
    return symbol !== undefined && typeof Reflect.get(reply, symbol) === 'function'
  }
}

function readHooks (instance: object, name: string): unknown[] {
  const hooks: unknown = Object(readSymbol(instance, 'fastify.hooks'))[name]
  return Array.isArray(hooks) ? hooks : []
}

/** Tells whether a scope has hooks of a name already. */
export function hasHooks (instance: object, name: string): boolean {
  return readHooks(instance, name).length > 0
}

/** Puts a hook of a scope before its other hooks of that name. */
export function putHookFirst (instance: object, name: string, hook: Function): void {
  const hooks = readHooks(instance, name)
  hooks.unshift(...hooks.splice(hooks.indexOf(hook), 1))
}

/** Keeps the schemas that a scope has added. */
export type SchemaBucket = ReturnType<NonNullable<FastifySchemaControllerOptions['bucket']>>

/** What makes the schemas of a scope and their compilers. */
export interface SchemaController {
  readonly bucket: NonNullable<FastifySchemaControllerOptions['bucket']>
  readonly compilersFactory: NonNullable<FastifySchemaControllerOptions['compilersFactory']>
}

function isSchemaController (value: unknown): value is SchemaController {
  return isRecord(value) && typeof value.bucket === 'function' && isRecord(value.compilersFactory)
}

/** Reads what makes the schemas of a scope; null where this version of Fastify keeps it otherwise. */
export function readSchemaController (instance: object): SchemaController | null {
  const { compilersFactory, opts } = Object(readSymbol(instance, 'fastify.schemaController'))
  const controller: unknown = { compilersFactory, bucket: Object(opts).bucket }
  return isSchemaController(controller) ? controller : null
}

/** Tells whether the serialisers of a scope are made by a compiler of the app's own, or by one that is not known. */
export function hasSerializerCompiler (instance: object): boolean {
  return Object(readSymbol(instance, 'fastify.schemaController')).isCustomSerializerCompiler !== false
}

/** Tells whether the validators of a scope are made by a compiler of the app's own, or by one that is not known. */
export function hasValidatorCompiler (instance: object): boolean {
  return Object(readSymbol(instance, 'fastify.schemaController')).isCustomValidatorCompiler !== false
}

/** Tells whether the app was made with the option `rewriteUrl`. */
export function rewritesUrls (instance: object): boolean {
  return typeof Object(readSymbol(instance, 'fastify.options')).rewriteUrl === 'function'
}
