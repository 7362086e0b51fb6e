/** Until when a violation of a constraint may wait: the end of the statement, or of the transaction. */
export type Deferral = 'not deferrable' | 'initially immediate' | 'initially deferred'

/** What follows a constraint in SQL. */
export function deferralSql (deferral: Deferral): string {
  return deferral === 'not deferrable' ? '' : ` deferrable ${deferral}`
}
