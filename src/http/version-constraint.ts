import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Resolver } from './resolve.js'
import type { VersionRange } from './versioned-route.js'

/** Lets the router choose among endpoints by version, so that an endpoint that a version does not have is as if it were not registered. */
export interface VersionConstraint {
  /** The key of the constraint in the options of a route. */
  readonly name: string
  /** @returns the value of the constraint for an endpoint that answers in these versions only */
  valueOf (ranges: readonly VersionRange[]): string
}

/** What a request is routed by when its version is not known yet, or is to be refused. */
const ANY = 'any'

/**
 * Adds the constraint to the router of an app; it costs nothing until a route uses it.
 * @see https://github.com/delvedor/find-my-way#custom-constraint-strategies
 */
export function addVersionConstraint (app: FastifyInstance, versions: readonly string[], resolver: Resolver): VersionConstraint {
  const name = freeName(app)
  app.addConstraintStrategy({
    name,
    storage: () => buildStorage(versions.length),
    deriveConstraint: (raw: IncomingMessage) => resolver.namedIndex(raw) ?? ANY
  })
  return { name, valueOf: (ranges) => ranges.map(({ fromIndex, toIndex }) => `${fromIndex}-${toIndex}`).join() }
}

// each registration of the plugin has its own versions; the name becomes an identifier of generated code
function freeName (app: FastifyInstance): string {
  let count = 1
  while (app.hasConstraintStrategy(`vintage${count}`)) count++
  return `vintage${count}`
}

/** Keeps what the router stores for values of the constraint; it asks for the bits of a value when it builds, and for those of an index at each request. */
function buildStorage (count: number) {
  const bitsOf = new Map<unknown, unknown>([[ANY, 0], ...Array.from({ length: count }, (_, index): [number, number] => [index, 0])])
  return {
    // the types of the router say that it stores handlers here
    get: (key: unknown) => Object(bitsOf).get(key),
    set (value: unknown, bits: unknown): void {
      bitsOf.set(value, bits)
      for (const key of [ANY, ...indexesOf(String(value))]) bitsOf.set(key, Number(bitsOf.get(key)) | Number(bits))
    }
  }
}

function indexesOf (value: string): number[] {
  return value.split(',').flatMap((range) => {
    const [from = 0, to = 0] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, offset) => from + offset)
  })
}
