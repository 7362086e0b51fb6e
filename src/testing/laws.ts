import type { FastifyInstance } from 'fastify'
import { registrationOf } from '../http/catalogue.js'
import { inspectionsOf } from '../http/inspection.js'
import type { VersionHistory } from '../versioning/history.js'
import { laws as lawsOfHistory, tryHistory, type LawOptions } from '../versioning/laws.js'
import type { HistorySource } from '../versioning/load.js'
import type { Violation } from '../versioning/violation.js'

/**
 * Tries the laws of every change on generated values: round trips (unless declared lossy), valid in gives valid out in
 * both directions, inputs unmutated, compiled as interpreted, absent keys and Dates as handlers have them; and that a
 * declared loss is one. Each change is tried on its own fragments and, with the app or with `schemas`, on every schema
 * that it alters. A change that refers to other schemas is reported as `not checked` without them.
 *
 * @param source the app, which is made ready; or a history, or where to load one from
 * @returns the violations; empty when all laws hold for all changes
 * @throws FST_ERR_VINTAGE_MISFIT when the history does not load, or does not fit the schemas
 * @example t.same(await laws(app), [])
 * @example t.same(await laws(new URL('../versions/', import.meta.url), { schemas: [User, Order] }), [])
 */
export async function laws (source: HistorySource | VersionHistory | FastifyInstance, options: LawOptions = {}): Promise<readonly Violation[]> {
  if (!isApp(source)) return await lawsOfHistory(source, options)
  await source.ready()
  return inspectionsOf(source).flatMap((inspection) => {
    const { history, head } = registrationOf(inspection)
    return tryHistory(history, head, options)
  })
}

function isApp (source: HistorySource | VersionHistory | FastifyInstance): source is FastifyInstance {
  return typeof source === 'object' && 'inject' in source && typeof source.inject === 'function'
}
