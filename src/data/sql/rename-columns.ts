import { namesOf, quote } from '../names.js'
import { oldColumnsOf, type Transition } from '../transition.js'

/** Old columns get their hidden names; what hangs on them in the catalogue follows by itself. */
export function hideColumns (transition: Transition, table: string): string[] {
  const { hidden } = namesOf(transition.name)
  return oldColumnsOf(transition).map((name) => `alter table ${table} rename column ${quote(name)} to ${quote(hidden(name))}`)
}

/** Old columns get their own names back. */
export function unhideColumns (transition: Transition, table: string): string[] {
  const { hidden } = namesOf(transition.name)
  return oldColumnsOf(transition).map((name) => `alter table ${table} rename column ${quote(hidden(name))} to ${quote(name)}`)
}
