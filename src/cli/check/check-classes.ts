import { messageOf } from '../../caught.js'
import type { ConnectionSettings } from '../../config.js'
import type { Transition } from '../../data/transition.js'
import { RefusedLossError } from '../../errors.js'
import { inDatabase, READ_ONLY } from './in-database.js'
import { problemOf, type Problem } from './problem.js'

/** What the values of transitions have shown. */
export interface CheckedClasses {
  readonly problems: readonly Problem[]
  /** what could not be told, one sentence each */
  readonly notes: readonly string[]
}

/** Holds what transitions say of a loss against generated values, in the database of the config, where they have not begun. */
export async function checkClasses (connection: () => Promise<ConnectionSettings>, transitions: readonly Transition[]): Promise<CheckedClasses> {
  const problems: Problem[] = []
  const notes: string[] = []
  if (transitions.length === 0) return { problems, notes }
  try {
    await inDatabase(connection, async (database) => {
      const { judgeDefinition } = await import('../../data/round-trip/judge-definition.js')
      for (const transition of transitions) {
        const { loss, isTableThere } = await database.transaction(async (session) => await judgeDefinition(session, transition), READ_ONLY)
        if (loss === null) continue
        const error = new RefusedLossError(`transition \`${transition.name}\`: ${loss}`)
        if (isTableThere) problems.push(problemOf('transition', error))
        else notes.push(`${error.message}. Its table is not in this database, so constraints that may keep such values out were not seen`)
      }
    })
  } catch (error) {
    notes.push(`whether transitions lose values was not looked at, which takes a database: ${messageOf(error)}`)
  }
  return { problems, notes }
}
