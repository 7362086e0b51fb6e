import type { FastifyInstance, FastifySchema } from 'fastify'
import { MisfitError } from '../errors.js'
import type { HeadContract } from '../versioning/contracts.js'
import { findExposing, internalNames } from '../versioning/internal.js'
import { idOf, isRecord, type JsonSchema } from '../versioning/json-schema.js'
import { collectNamed, resolvePointer } from '../versioning/named-schemas.js'
import { withoutInternal } from '../versioning/without-internal.js'
import { readSchemaController, type SchemaBucket } from './fastify-internals.js'
import type { VersionedRoute } from './versioned-route.js'

/** Keeps the internal fields of an app's schemas from Fastify: it compiles what is left, so that they cost head clients nothing. */
export interface InternalFields {
  /** @returns the schema of a route without internal fields; the very same where it has none */
  takeOut (schema: FastifySchema): FastifySchema
  /** @returns the schema of a route as the app wrote it, as far as Fastify has not normalised it */
  putBack (schema: FastifySchema): FastifySchema
  /** @returns whether any schema has an internal field */
  areThere (): boolean
  /** @returns the shared schemas that a scope knows, as the app wrote them, by `$id` */
  sharedSchemas (instance: FastifyInstance): ReadonlyMap<string, JsonSchema>
}

/** Watches over the schemas that the scope and its children register, and takes those up that are there already. */
export function watchInternalFields (app: FastifyInstance): InternalFields {
  const originals: Originals = new Map()
  // of routes only: a shared schema may still be worked at before it is registered
  const bare = new WeakSet<object>()
  const stripped = new WeakMap<FastifySchema, FastifySchema>()
  const restore = new WeakMap<FastifySchema, (schema: FastifySchema) => FastifySchema>()
  let isInRoutes = false
  watchSharedSchemas(app, originals)

  function sharedSchemas (instance: FastifyInstance): ReadonlyMap<string, JsonSchema> {
    return new Map(Object.entries(instance.getSchemas()).flatMap(([id, schema]) => isRecord(schema) ? [[id, originals.get(schema) ?? schema]] : []))
  }

  return {
    takeOut (schema) {
      const known = stripped.get(schema)
      if (known !== undefined) return known
      const made = stripRoute(schema, bare)
      if (made === null) return schema
      isInRoutes = true
      stripped.set(schema, made.bare)
      restore.set(made.bare, made.putBack)
      return made.bare
    },
    putBack: (schema) => restore.get(schema)?.(schema) ?? schema,
    areThere: () => isInRoutes || originals.size > 0,
    sharedSchemas
  }
}

/**
 * Refuses internal fields beside keys that a schema does not name: what is taken out would be one of those.
 * @throws FST_ERR_VINTAGE_MISFIT
 */
export function checkInternal ({ schemas, places }: HeadContract): void {
  for (const [name, schema] of [...schemas, ...places]) {
    const exposing = findExposing(schema)
    if (exposing === undefined) continue
    const fields = internalNames(exposing).map((field) => `\`${field}\``).join(', ')
    throw new MisfitError(`\`${idOf(exposing) ?? name}\` marks ${fields} as internal, but also says what becomes of other keys (\`additionalProperties\` or \`patternProperties\`), of which that would be one for clients of head: leave those out; keys without a schema are not written anyway.`)
  }
}

/**
 * Makes sure that Fastify compiles no internal field after all: where a scope has got another bucket for its schemas, or a listener another schema for a route.
 * @throws FST_ERR_VINTAGE_MISFIT
 */
export function checkKeptOut (routes: readonly VersionedRoute[]): void {
  // what had none at its registration may have got one since
  const bare = new WeakSet<object>()
  for (const { options } of routes) {
    if (options.schema !== undefined && stripRoute(options.schema, bare) !== null) {
      throw new MisfitError(`The schema of ${String(options.method)} ${options.url} has internal fields, which clients of head would see: a listener of onRoute has set it after fastify-vintage had taken them out. Register the plugin of that listener before fastify-vintage.`)
    }
  }
  for (const instance of new Set(routes.map((route) => route.instance))) {
    const [id] = Object.entries(instance.getSchemas()).find(([, schema]) => isRecord(schema) && withoutInternal(schema) !== schema) ?? []
    if (id !== undefined) throw new MisfitError(`The shared schema \`${id}\` has internal fields, which clients of head would see: its scope has a schema controller that fastify-vintage does not know. Set it before the plugin is registered, or leave the schema to the routes.`)
  }
}

/** Shared schemas as the app wrote them, by what Fastify has of them. They are few, and live as long as the app. */
type Originals = Map<object, JsonSchema>

/** Finds what the references of a schema name: its own parts, or shared schemas. */
export function resolverOf (schema: JsonSchema, shared: ReadonlyMap<string, JsonSchema>): (ref: string) => JsonSchema | undefined {
  const own = collectNamed([schema]).byId
  return (ref) => {
    const [id = '', pointer = ''] = ref.split('#')
    return resolvePointer(id === '' ? schema : Object(own.get(id) ?? shared.get(id)), pointer)
  }
}

interface Stripped { readonly bare: FastifySchema, putBack (schema: FastifySchema): FastifySchema }

function stripRoute (schema: FastifySchema, known: WeakSet<object>): Stripped | null {
  const body = stripPart(schema.body, known)
  const responses = isRecord(schema.response) ? schema.response : {}
  const changed = Object.entries(responses).map(([status, response]) => ({ status, response, bare: stripPart(response, known) })).filter(({ response, bare }) => bare !== response)
  if (body === schema.body && changed.length === 0) return null
  const ofBody = (value: unknown) => body === schema.body ? {} : { body: value }
  const ofResponses = (current: unknown, entries: ReadonlyArray<[string, unknown]>) => entries.length === 0 ? {} : { response: { ...Object(current), ...Object.fromEntries(entries) } }
  return {
    bare: { ...schema, ...ofBody(body), ...ofResponses(responses, changed.map(({ status, bare }) => [status, bare])) },
    putBack: (current) => ({ ...current, ...ofBody(schema.body), ...ofResponses(current.response, changed.map(({ status, response }) => [status, response])) })
  }
}

// one schema, or one for each media type
function stripPart (part: unknown, known: WeakSet<object>): unknown {
  if (!isRecord(part) || !isRecord(part.content)) return bareOf(part, known)
  const entries = Object.entries(part.content).map(([mediaType, value]) => ({ mediaType, value, schema: Object(value).schema, bare: bareOf(Object(value).schema, known) }))
  if (entries.every(({ schema, bare }) => bare === schema)) return part
  return { ...part, content: Object.fromEntries(entries.map(({ mediaType, value, bare }) => [mediaType, { ...Object(value), schema: bare }])) }
}

function bareOf (schema: unknown, known?: WeakSet<object>): unknown {
  return isRecord(schema) ? withoutInternal(schema, known) : schema
}

function watchSharedSchemas (app: FastifyInstance, originals: Originals): void {
  const controller = readSchemaController(app)
  if (controller === null) return
  app.setSchemaController({
    compilersFactory: controller.compilersFactory,
    bucket: (parentSchemas) => watchBucket(controller.bucket(stripAll(parentSchemas, originals)), originals)
  })
}

function stripAll (schemas: unknown, originals: Originals): Record<string, unknown> {
  const entries = Object.entries(Object(schemas)).map(([id, schema]) => ({ id, schema, bare: bareOf(schema) }))
  for (const { schema, bare } of entries) if (isRecord(schema) && bare !== schema) originals.set(Object(bare), schema)
  return Object.fromEntries(entries.map(({ id, bare }) => [id, bare]))
}

function watchBucket (bucket: SchemaBucket, originals: Originals): SchemaBucket {
  return {
    add (schema) {
      const bare = bareOf(schema)
      const added = bucket.add(bare)
      // the bucket keeps a copy
      if (isRecord(schema) && bare !== schema) originals.set(Object(bucket.getSchema(String(idOf(schema)))), schema)
      return added
    },
    getSchema: (id) => bucket.getSchema(id),
    getSchemas: () => bucket.getSchemas()
  }
}
