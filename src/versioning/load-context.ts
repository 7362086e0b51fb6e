import type { Converter } from './converters.js'

/** The look-ups of one change, as its version file gives them. */
export interface Load {
  /**
   * The key of what one object needs; pure and synchronous.
   * @param fields the fields that the function reads, in JSON form
   * @returns text, number, boolean or bigint; null and undefined look nothing up
   */
  readonly key: (fields: never) => unknown
  /**
   * Looks up many keys at once, each of which is given once.
   * @returns what was found by key; a key that is not in it was not found
   */
  readonly many: (keys: never, scope: LoadScope) => Promise<ReadonlyMap<unknown, unknown>> | ReadonlyMap<unknown, unknown>
}

/**
 * What a look-up may know of where it runs; `src/types.ts` adds `request`, the Fastify request whose response is being
 * converted, which this half of the package does not know the type of.
 */
export interface LoadScope {}

/** A {@link Load}, bound to the change that has it: what throws becomes an error of ours that names the change. */
export interface BoundLoad {
  /** the very object of the version file: look-ups of one object share a batch, wherever it is used */
  readonly load: Load
  /** @throws FST_ERR_VINTAGE_CHANGE_FAILED */
  keyOf (fields: Readonly<Record<string, unknown>>): unknown
  /** @throws FST_ERR_VINTAGE_CHANGE_FAILED */
  find (keys: readonly unknown[], scope: LoadScope): Promise<ReadonlyMap<unknown, unknown>>
  /** @throws FST_ERR_VINTAGE_CHANGE_FAILED */
  fail (problem: string): never
}

/** What was looked up, in a box: it may be undefined itself. */
export interface Loaded { readonly value: unknown }

/** What a conversion is told beside the value; every converter hands it on to those that it calls. */
export interface ConversionContext {
  /** @returns what is known of a key; undefined when it has to be looked up first, which is noted down */
  look (bound: BoundLoad, key: unknown): Loaded | undefined
}

/** Many rounds are needed where look-ups depend on what others found; more than this, and a `key` gives other keys each time. */
const MAX_ROUNDS = 32

const nothing: Loaded = { value: undefined }

/**
 * Looks up what one object needs; for the code of converters.
 *
 * @returns undefined when the look-up has still to be made
 * @throws FST_ERR_VINTAGE_CHANGE_FAILED when the conversion does not run in {@link convertLoading}
 */
export function lookFor (bound: BoundLoad, fields: Readonly<Record<string, unknown>>, context: ConversionContext | undefined): Loaded | undefined {
  const key = bound.keyOf(fields)
  return context === undefined ? bound.fail('needs look-ups, for which a synchronous conversion cannot wait: send the value as the response of a route') : context.look(bound, key)
}

/**
 * Runs a conversion whose changes look things up: each `many` is called once with the distinct keys of the whole value,
 * again only with keys that follow from what was found. A function that waits for a look-up is not called before it has it.
 *
 * @param convert any converter, such as `shape.downgrade` where `shape.loads` is true; it runs once more than there are rounds of look-ups
 * @throws FST_ERR_VINTAGE_CHANGE_FAILED when a `key` or `many` throws, `many` gives no Map, or keys change from round to round
 * @example const old = await convertLoading(shape.downgrade, payload, { request })
 */
export async function convertLoading (convert: Converter, value: unknown, scope: LoadScope = {}): Promise<unknown> {
  const known = new Map<Load, Map<unknown, Loaded>>()
  for (let round = 0; ; round++) {
    const missing = new Map<Load, Missing>()
    const outcome = attempt(convert, value, { look: (bound, key) => lookUp(bound, key, known, missing) })
    if (missing.size === 0) {
      if ('error' in outcome) throw outcome.error
      return outcome.result
    }
    const groups = [...missing.values()]
    if (round === MAX_ROUNDS) groups[0]?.bound.fail(`still asks for other keys after ${MAX_ROUNDS} rounds of look-ups: its \`key\` must be pure`)
    await Promise.all(groups.map((group) => fetchGroup(group, known, scope)))
  }
}

interface Missing { readonly bound: BoundLoad, readonly keys: Set<unknown> }

/** What is thrown for want of a look-up is forgotten: the conversion runs again. */
function attempt (convert: Converter, value: unknown, context: ConversionContext): { readonly result: unknown } | { readonly error: unknown } {
  try {
    return { result: convert(value, context) }
  } catch (error) {
    return { error }
  }
}

function lookUp (bound: BoundLoad, key: unknown, known: ReadonlyMap<Load, ReadonlyMap<unknown, Loaded>>, missing: Map<Load, Missing>): Loaded | undefined {
  if (key === null || key === undefined) return nothing
  const found = known.get(bound.load)?.get(key)
  if (found !== undefined) return found
  const group = missing.get(bound.load) ?? { bound, keys: new Set() }
  group.keys.add(key)
  missing.set(bound.load, group)
  return undefined
}

async function fetchGroup ({ bound, keys }: Missing, known: Map<Load, Map<unknown, Loaded>>, scope: LoadScope): Promise<void> {
  const found = await bound.find([...keys], scope)
  const byKey = known.get(bound.load) ?? new Map<unknown, Loaded>()
  for (const key of keys) byKey.set(key, { value: found.get(key) })
  known.set(bound.load, byKey)
}
