import type { FastifyInstance } from 'fastify'
import type { VintageConfig } from '../../config.js'
import { problemOf, type Problem } from './problem.js'

/** What was found out about an app. */
export interface Booted<Found> {
  /** why it did not start, as no problem or one */
  readonly problems: readonly Problem[]
  /** null when it did not start */
  readonly found: Found | null
}

/**
 * Starts an app without listening, looks at it, and closes it again.
 *
 * @param look called once the app is ready
 */
export async function bootApp <Found> (build: NonNullable<VintageConfig['app']>, look: (app: FastifyInstance) => Found): Promise<Booted<Found>> {
  try {
    const app = await build()
    try {
      await app.ready()
      return { problems: [], found: look(app) }
    } finally {
      await app.close()
    }
  } catch (error) {
    return { problems: [problemOf('app', error)], found: null }
  }
}
