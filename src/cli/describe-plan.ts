import type { PlanResult } from '../data/operator.js'
import type { PlannedStatement } from '../data/plan.js'
import { formatDuration } from './units.js'

/** What an advance would run, for a person: SQL, with its lock and who may wait for it as a comment above. */
export function describePlan ({ transition, from, to, steps }: PlanResult): string {
  if (steps.length === 0) return `-- ${transition} is at ${from}: nothing leads on to ${to}`
  return [`-- ${transition}: ${from} → ${to}; nothing of this has been run`, ...steps.flatMap(({ phase, statements }) => [
    '', `-- into ${phase}`, ...statements.flatMap(describeStatement)
  ])].join('\n')
}

function describeStatement ({ statement, lock, holdsUp, atMostMs }: PlannedStatement): string[] {
  const waits = `holds up ${holdsUp}${atMostMs === null ? '' : `, for ${formatDuration(atMostMs)} at most`}`
  return [`-- ${lock === null ? 'no lock on the table' : lock}: ${waits}`, `${statement};`]
}
