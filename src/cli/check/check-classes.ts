import { messageOf } from '../../caught.js'
import type { Database } from '../../data/database.js'
import type { Transition } from '../../data/transition.js'
import { RefusedLossError } from '../../errors.js'
import { READ_ONLY, type Reach } from './in-database.js'
import { problemOf, type Problem } from './problem.js'

/** What the values of transitions have shown. */
export interface CheckedClasses {
  readonly problems: readonly Problem[]
  /** what could not be told, one sentence each */
  readonly notes: readonly string[]
}

/** Holds what transitions say of a loss against generated values, in the database of the config, where they have not begun. */
export async function checkClasses (reach: Reach, transitions: readonly Transition[]): Promise<CheckedClasses> {
  if (transitions.length === 0) return { problems: [], notes: [] }
  try {
    const database = await reach()
    const checked: CheckedClasses[] = []
    for (const transition of transitions) checked.push(await checkClass(database, transition))
    return { problems: checked.flatMap(({ problems }) => problems), notes: checked.flatMap(({ notes }) => notes) }
  } catch (error) {
    return { problems: [], notes: [`whether transitions lose values was not looked at, which takes a database: ${messageOf(error)}`] }
  }
}

/** What cannot be computed of one transition keeps nobody from looking at the next. */
async function checkClass (database: Database, transition: Transition): Promise<CheckedClasses> {
  const said = (what: string) => `transition \`${transition.name}\`: ${what}`
  try {
    const { judgeDefinition } = await import('../../data/round-trip/judge-definition.js')
    const { loss, untold, isTableThere } = await database.transaction(async (session) => await judgeDefinition(session, transition), READ_ONLY)
    const notes = untold.map(said)
    if (loss === null) return { problems: [], notes }
    if (isTableThere) return { problems: [problemOf('transition', new RefusedLossError(said(loss)))], notes }
    return { problems: [], notes: [...notes, `${said(loss)}. Its table is not in this database, so constraints that may keep such values out were not seen`] }
  } catch (error) {
    return { problems: [], notes: [said(`whether it loses values could not be computed: ${messageOf(error)}`)] }
  }
}
