import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { VintageApp } from '../types.js'
import type { Contracts } from '../versioning/contracts.js'
import type { VersionHistory } from '../versioning/history.js'
import { isList, isRecord } from '../versioning/json-schema.js'
import type { VersionedRoute } from './versioned-route.js'

// An app that was loaded natively and a CLI that was loaded by jiti hold two copies of this module: both find the same list.
const kInspections: unique symbol = Symbol.for('fastify-vintage.inspections')

/** Who is told of each response, with the version that it was written for; null: nobody. */
export interface Watcher { tell: ((request: FastifyRequest, versionIndex: number) => void) | null }

/** What tests and the command line see of one registration of the plugin. */
export interface Inspection {
  /** the decorator of the scope in which the plugin was registered */
  readonly vintage: VintageApp
  readonly history: VersionHistory
  /** the header that names the version */
  readonly header: string
  /** records of all routes, grown as they are registered */
  readonly routes: readonly VersionedRoute[]
  readonly watcher: Watcher
  /** @returns null before the app is ready */
  contracts (): Contracts | null
}

/** Lets {@link inspectionsOf} find a registration of the plugin, from whichever scope of the app. */
export function recordInspection (app: FastifyInstance, inspection: Inspection): void {
  // the server is the one thing that all scopes of an app share
  Reflect.set(app.server, kInspections, [...inspectionsOf(app), inspection])
}

/** @returns the registrations of the plugin in an app, in any of its scopes */
export function inspectionsOf (app: FastifyInstance): readonly Inspection[] {
  const found: unknown = Reflect.get(app.server, kInspections)
  return isList(found) ? found.filter(isInspection) : []
}

function isInspection (value: unknown): value is Inspection {
  return isRecord(value) && typeof value.contracts === 'function'
}
