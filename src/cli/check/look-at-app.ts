import type { FastifyInstance } from 'fastify'
import { openCatalogue, registrationOf, type Registration } from '../../http/catalogue.js'
import { inspectionsOf } from '../../http/inspection.js'
import { ConfigError } from '../../errors.js'
import type { Catalogue } from '../../versioning/lock/catalogue.js'

/** What `check` and `types` read from a running app. */
export interface AppView extends Registration {
  readonly catalogue: Catalogue
}

/**
 * Reads history, head and contracts from an app that is ready. Where the plugin is registered more than once, it is the
 * registration with the versions of the config that counts.
 *
 * @param versions those of the config
 * @throws FST_ERR_VINTAGE_CONFIG when no registration has these versions
 */
export function lookAtApp (app: FastifyInstance, versions: readonly string[]): AppView {
  const inspections = inspectionsOf(app)
  const inspection = inspections.find(({ history }) => history.versions.join() === versions.join())
  if (inspection === undefined) {
    const known = inspections.map(({ history }) => history.versions.join(', ')).join('; ')
    throw new ConfigError(`The app of the config ${known === '' ? 'does not register fastify-vintage' : `serves the versions ${known}`}, the config names ${versions.join(', ')}: let both name the same \`versions\`.`)
  }
  return { ...registrationOf(inspection), catalogue: openCatalogue(inspection) }
}
