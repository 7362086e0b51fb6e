import { InvalidTransitionError, MigrationError } from '../../errors.js'
import type { Transition } from '../transition.js'

/** One thing to do, in the order of a fresh database. */
export type PlannedStep =
  | { readonly type: 'migration', readonly name: string }
  | { readonly type: 'transition', readonly name: string, readonly transition: Transition }

/**
 * Puts migrations and transitions into one order: a transition comes after its `after_migration`, or after all.
 *
 * @param to stem of the migration, or name of the transition, to stop after
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when `after_migration` is not there, FST_ERR_VINTAGE_MIGRATION when `to` is not
 */
export function planMigration (migrations: readonly string[], transitions: readonly Transition[], to?: string): PlannedStep[] {
  for (const transition of transitions) refuseUnknownMigration(migrations, transition)
  const after = (name: string | undefined): PlannedStep[] => transitions
    .filter((transition) => transition.after_migration === name)
    .map((transition) => ({ type: 'transition', name: transition.name, transition }))
  const steps = [...migrations.flatMap((name): PlannedStep[] => [{ type: 'migration', name }, ...after(name)]), ...after(undefined)]
  if (to === undefined) return steps
  const last = steps.findIndex(({ name }) => name === to)
  if (last === -1) throw new MigrationError(`there is no migration or transition \`${to}\`; there are: ${steps.map(({ name }) => name).join(', ') || 'none'}`)
  return steps.slice(0, last + 1)
}

function refuseUnknownMigration (migrations: readonly string[], { name, after_migration: after }: Transition): void {
  if (after === undefined || migrations.includes(after)) return
  throw new InvalidTransitionError(name, `\`after_migration\` names \`${after}\`, which is not among the migrations: ${migrations.join(', ') || 'none'}`)
}
