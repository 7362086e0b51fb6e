import type { FastifyServerOptions } from 'fastify'

type Strategy = NonNullable<FastifyServerOptions['constraints']>[string]
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1]

/** Lets routes be told apart by the header `api-version`, as find-my-way does it. */
export const versionConstraint: Strategy = {
  name: 'version',
  mustMatchWhenDerived: true,
  storage () {
    const handlers = new Map<unknown, Handler>()
    return {
      get: (version) => handlers.get(version) ?? null,
      set: (version, handler) => { handlers.set(version, handler) },
      del: (version) => { handlers.delete(version) },
      empty: () => { handlers.clear() }
    }
  },
  validate: () => {},
  deriveConstraint: ({ headers }) => headers['api-version']
}
