import { RefusedSchemaError } from '../../errors.js'
import type { Session } from '../database.js'
import { startDeadline } from '../governor/deadline.js'
import { runLocked, type Governed } from '../governor/run-locked.js'
import { hasTable } from './has-table.js'
import { noteOrigin } from './origin.js'
import { SCHEMA_STEPS } from './schema-steps.js'

/** Two operators that both find work on the schema take turns; the number is `vint` in ASCII. */
const ADVISORY_KEY = 0x76696e74

/** The state of the schema that this build works with. */
export const SCHEMA_NUMBER = SCHEMA_STEPS.length

// `if not exists` would ask for the privilege to create schemas even where there is nothing to create
const NUMBERS = [
  "do $$ begin if to_regnamespace('vintage') is null then create schema vintage; end if; end $$",
  'create table if not exists vintage.schema_steps (number integer primary key, applied_at timestamptz not null default clock_timestamp())'
]

/** Tables that instances at work use while an older schema is brought to this build's state. */
const USED = ['vintage.transitions', 'vintage.instances', 'vintage.acknowledgements', 'vintage.backfills']

/**
 * Creates schema `vintage`, or brings one that an older build has made to the state of this one, all of it or nothing.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SCHEMA when a newer build has made it
 */
export async function ensureSchema (governed: Governed): Promise<void> {
  const found = await readSchemaNumber(governed.database)
  if (found === SCHEMA_NUMBER) return
  await runLocked(governed, {
    subject: 'schema `vintage`',
    locks: new Map(found === undefined ? [] : USED.map((table) => [table, 'access exclusive'])),
    work: async (session) => {
      await session.query('select pg_advisory_xact_lock($1)', [ADVISORY_KEY])
      // a schema that is being made holds up nobody
      await addSteps(session, found === undefined ? session.query : startDeadline(session, governed.lockDeadlineMs))
    },
    onRetry: () => {},
    // these tables are those of instances, which would have to register again
    ending: 'never'
  })
}

async function addSteps (session: Session, run: Session['query']): Promise<void> {
  const found = await readSchemaNumber(session) ?? 0
  refuseNewer(found)
  for (const statement of NUMBERS) await run(statement)
  for (const [index, step] of SCHEMA_STEPS.entries()) {
    if (index < found) continue
    for (const statement of step) await run(statement)
    await session.query('insert into vintage.schema_steps (number) values ($1)', [index + 1])
  }
  await noteOrigin(session)
}

/** Whether `ensureSchema` has something to do. */
export async function isSchemaChanging (session: Session): Promise<boolean> {
  return await readSchemaNumber(session) !== SCHEMA_NUMBER
}

/** Whether this database has been under fastify-vintage before. */
export async function hasSchema (session: Session): Promise<boolean> {
  return await hasTable(session, 'events')
}

/**
 * Whether there is a schema to work with; false when `vintage migrate` has never run here.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SCHEMA when it is of another build
 */
export async function requireSchema (session: Session): Promise<boolean> {
  const found = await readSchemaNumber(session)
  if (found === undefined) return false
  refuseNewer(found)
  if (found < SCHEMA_NUMBER) throw new RefusedSchemaError(`schema \`vintage\` of this database was made by an older build (state ${found}, and this build works with ${SCHEMA_NUMBER}): run \`vintage migrate\`, which brings it on`)
  return true
}

function refuseNewer (found: number): void {
  if (found > SCHEMA_NUMBER) throw new RefusedSchemaError(`schema \`vintage\` of this database was made by a newer build (state ${found}, and this build works with ${SCHEMA_NUMBER}): use the version of fastify-vintage that brought it there, or a later one`)
}

/** @returns 0 for a schema from before states had numbers, undefined when there is none */
async function readSchemaNumber (session: Session): Promise<number | undefined> {
  if (!await hasSchema(session)) return undefined
  if (!await hasTable(session, 'schema_steps')) return 0
  const [row] = await session.query<{ number: number }>('select max(number) as number from vintage.schema_steps')
  return Number(row?.number)
}
