import type { VintageConfig } from '../../config.js'
import { problemOf, type Problem } from './problem.js'

/**
 * Starts an app without listening and closes it again.
 * @returns why it did not start, as no problem or one
 */
export async function bootApp (build: NonNullable<VintageConfig['app']>): Promise<Problem[]> {
  try {
    const app = await build()
    try {
      await app.ready()
    } finally {
      await app.close()
    }
    return []
  } catch (error) {
    return [problemOf('app', error)]
  }
}
