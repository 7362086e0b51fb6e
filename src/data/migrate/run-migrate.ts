import type { Knex } from 'knex'
import { buildTwins, missingTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { refuseCarriedSchema } from '../gate/refuse-unready-subscribers.js'
import { throwIfAborted } from '../governor/pause.js'
import type { ImportModule } from '../load-transitions.js'
import { readModeOf, type Phase } from '../phases.js'
import type { MigrateResult } from '../results.js'
import { grantSchema } from '../sql/grant-schema.js'
import { ensureSchema, isSchemaChanging } from '../state/ensure-schema.js'
import { refuseCopy } from '../state/origin.js'
import { refuseOtherDefinition } from '../state/refuse-other-definition.js'
import { acquireLease } from '../state/lease.js'
import { readTransition, requireTransition, type TransitionState } from '../state/transitions.js'
import { beginTransition } from '../steps/begin.js'
import type { Surroundings } from '../steps/is-fresh.js'
import { walk } from '../steps/walk.js'
import type { Transition } from '../transition.js'
import { openMigrationRunner } from './migration-runner.js'
import { listMigrations } from './migration-source.js'
import { planMigration } from './plan.js'
import { takeTurns } from './take-turns.js'

/** What `migrate` works on. */
export interface MigrateInput {
  readonly connection: NonNullable<Knex.Config['connection']>
  readonly transitions: readonly Transition[]
  readonly migrations: string | URL | undefined
  readonly importModule: ImportModule
  readonly to: string | undefined
}

/** Runs what has not run yet, in the one order of migrations and transitions; a second run does nothing. */
export async function runMigrate (context: Context, input: MigrateInput): Promise<MigrateResult> {
  return await takeTurns(context, async () => await migrate(context, input))
}

async function migrate (context: Context, input: MigrateInput): Promise<MigrateResult> {
  await refuseCopy(context.database)
  if (await isSchemaChanging(context.database)) await refuseCarriedSchema(context)
  await ensureSchema(context)
  const files = input.migrations === undefined ? [] : await listMigrations(input.migrations)
  const steps = planMigration(files.map(({ name }) => name), input.transitions, input.to)
  const tablesBefore = await readTables(context.database)
  const runner = await openMigrationRunner(context.database, input.connection, files, input.importModule)
  const surroundings: Surroundings = { tablesBefore, ownPids: () => [...context.database.pids(), ...runner.pids()] }
  const result = { migrations: new Array<string>(), transitions: new Array<BegunTransition>() }
  try {
    for (const step of steps) {
      throwIfAborted(context.signal)
      if (step.type === 'transition') result.transitions.push(...await begin(context, step.transition, surroundings))
      else if (await runner.run(step.name)) {
        result.migrations.push(step.name)
        context.report({ type: 'migration', migration: step.name })
      }
    }
  } finally {
    await runner.close()
  }
  return result
}

async function readTables (session: Session): Promise<string[]> {
  return (await session.query<{ oid: string }>("select oid::text from pg_catalog.pg_class where relkind = 'r'")).map(({ oid }) => oid)
}

type BegunTransition = MigrateResult['transitions'][number]

/** Takes a transition to `dual-write`, from which on any build may run; one that is there or further is left alone. */
async function begin (context: Context, transition: Transition, surroundings: Surroundings): Promise<BegunTransition[]> {
  const state = await readTransition(context.database, transition.name) ?? await beginNow(context, transition, surroundings)
  if ('fresh' in state) return [{ transition: transition.name, phase: state.phase, fresh: true }]
  // roles may have come to the table since the last run
  await context.database.query(grantSchema(state))
  refuseOtherDefinition(state, transition)
  if (state.phase !== 'expand') return await finishTwins(context, state)
  const { phase } = await walk(context, transition.name, 'forward', 'dual-write')
  return [{ transition: transition.name, phase, fresh: false }]
}

/** A run that was killed while it built the twins is taken up again; an operator at work builds them himself. */
async function finishTwins (context: Context, state: TransitionState): Promise<[]> {
  if (readModeOf(state.phase) !== 'spanned' || state.operated || (await missingTwins(context, state)).length === 0) return []
  const lease = await acquireLease(context, state.name)
  try {
    await buildTwins(context, lease, state)
  } finally {
    await lease.release()
  }
  return []
}

/** @returns the state that it is in then, also when somebody else has begun it meanwhile */
async function beginNow (context: Context, transition: Transition, surroundings: Surroundings): Promise<TransitionState | FreshlyDone> {
  const begun = await beginTransition(context, transition, surroundings)
  return begun?.fresh === true ? { phase: begun.phase, fresh: true } : await requireTransition(context.database, transition.name)
}

interface FreshlyDone { readonly phase: Phase, readonly fresh: true }
