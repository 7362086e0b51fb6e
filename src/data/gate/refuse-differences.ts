import { RefusedShadowReadsError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { readShadowReads } from '../state/shadow-reads.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Refuses a step where a shadow read has differed since the rows were verified: something has brought them out of sync
 * meanwhile, or the new side answers otherwise by its type.
 *
 * @param verifiedFrom when the verification began, by the clock of the database
 * @throws FST_ERR_VINTAGE_REFUSED_SHADOW_READS naming the last statement
 */
export async function refuseDifferences (session: Session, { name }: TransitionState, verifiedFrom: Date): Promise<void> {
  const { last } = await readShadowReads(session, name)
  if (last === null || last.at < verifiedFrom) return
  throw new RefusedShadowReadsError(`transition \`${name}\`: a shadow read of ${last.instance} gave other rows than \`read-new\` will, at ${last.at.toISOString()}, after the rows were verified: ${last.statement}. Run it again, which verifies them again; when it is refused again, compare the type of the new column with the one that the transition gives it`)
}

/** Tells of shadow reads that have differed before every row was verified: what was wrong then is not any more. */
export async function tellDifferences ({ database, report }: Context, { name }: TransitionState): Promise<void> {
  const { compared, different, last } = await readShadowReads(database, name)
  if (last !== null) report({ type: 'shadow-reads', transition: name, compared, different, lastAt: last.at, statement: last.statement })
}
