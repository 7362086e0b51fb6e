import type { AsyncLocalStorage } from 'node:async_hooks'
import { NoVersionError } from '../errors.js'
import type { VintageApp } from '../types.js'
import type { RequestState, VersionWorld } from './request-state.js'
import type { VersionTable } from './version-table.js'
import { requireIndex } from './version-world.js'

/** What follows a request through its asynchronous calls; null unless the option `asyncLocalStorage` is set. */
export type RequestStorage = AsyncLocalStorage<RequestState> | null

/** Makes `app.vintage`. */
export function describeApp (table: VersionTable, world: VersionWorld, storage: RequestStorage): Pick<VintageApp, 'versions' | 'head' | 'migrate' | 'has' | 'current'> {
  return {
    versions: table.versions,
    head: String(table.versions[table.headIndex]),
    migrate: (id, value, range = {}) => world.migrate(id, value, range),
    has (behaviour, version) {
      if (version !== undefined) return world.has(behaviour, requireIndex(table, version))
      const request = storage?.getStore()
      if (request === undefined) throw new NoVersionError(`app.vintage.has('${behaviour}')`, whyNone(storage), `app.vintage.has('${behaviour}', version)`)
      return request.has(behaviour)
    },
    current () {
      const request = storage?.getStore()
      if (request === undefined) throw new NoVersionError('app.vintage.current()', whyNone(storage), 'request.vintage')
      return request
    }
  }
}

function whyNone (storage: RequestStorage): string {
  return storage === null ? 'the option `asyncLocalStorage` is not set' : 'no request is being served here'
}
