import { UnknownTransitionError } from '../../errors.js'
import type { Session } from '../database.js'
import { isPhase, type Phase } from '../phases.js'
import type { Transition, TransitionDefinition } from '../transition.js'

/** A row of `vintage.transitions`: how far one transition is in this database. */
export interface TransitionState {
  readonly name: string
  readonly tableSchema: string
  readonly tableName: string
  /** as it was when the transition began; what the triggers do */
  readonly definition: TransitionDefinition
  readonly phase: Phase
  readonly epoch: number
  readonly changedAt: Date
  readonly operator: string | null
  readonly operatorToken: number
  readonly operatorSince: Date | null
  readonly operatorUntil: Date | null
  /** the operator's lease has not run out */
  readonly operated: boolean
  /** who has paused it; null while it is not */
  readonly pausedBy: string | null
  readonly pausedAt: Date | null
}

interface StateRow {
  name: string
  table_schema: string
  table_name: string
  definition: TransitionDefinition
  phase: string
  epoch: string
  changed_at: Date
  operator: string | null
  operator_token: string
  operator_since: Date | null
  operator_until: Date | null
  operated: boolean
  paused_by: string | null
  paused_at: Date | null
}

const SELECT = 'select *, operator is not null and coalesce(operator_until > clock_timestamp(), false) as operated from vintage.transitions'

/** Every transition that has begun in this database, in the order of beginning. */
export async function readTransitions (session: Session): Promise<TransitionState[]> {
  return (await session.query<StateRow>(`${SELECT} order by begun_at, name`)).map(stateOf)
}

export async function readTransition (session: Session, name: string): Promise<TransitionState | undefined> {
  const [row] = await session.query<StateRow>(`${SELECT} where name = $1`, [name])
  return row && stateOf(row)
}

/** @throws FST_ERR_VINTAGE_UNKNOWN_TRANSITION when it has not begun in this database */
export async function requireTransition (session: Session, name: string): Promise<TransitionState> {
  const state = await readTransition(session, name)
  if (state === undefined) throw new UnknownTransitionError(`transition \`${name}\` has not begun in this database: run \`vintage migrate\``)
  return state
}

/** Locks the row, so that no other operator can move the transition until the transaction ends. */
export async function lockTransition (session: Session, name: string, strength: 'update' | 'no key update' | 'share' | 'key share'): Promise<TransitionState | undefined> {
  const [row] = await session.query<StateRow>(`${SELECT} where name = $1 for ${strength}`, [name])
  return row && stateOf(row)
}

function stateOf (row: StateRow): TransitionState {
  if (!isPhase(row.phase)) throw new TypeError(`vintage.transitions: phase \`${row.phase}\` of \`${row.name}\` is not known to this build`)
  return {
    name: row.name,
    tableSchema: row.table_schema,
    tableName: row.table_name,
    definition: row.definition,
    phase: row.phase,
    epoch: Number(row.epoch),
    changedAt: row.changed_at,
    operator: row.operator,
    operatorToken: Number(row.operator_token),
    operatorSince: row.operator_since,
    operatorUntil: row.operator_until,
    operated: row.operated,
    pausedBy: row.paused_by,
    pausedAt: row.paused_at
  }
}

/** The part of a definition that is kept in the database; type json keeps the order of the columns. */
export function definitionJson (definition: TransitionDefinition): string {
  const { table, schema, before, after, upgrade, downgrade, notNull, indexes, checks, unique, foreignKeys, lossy, conflict, onError, readView } = definition
  return JSON.stringify({ table, schema, before, after, upgrade, downgrade, notNull, indexes, checks, unique, foreignKeys, lossy, conflict, onError, readView })
}

/** The transition as it was when it began. */
export function transitionOf (state: TransitionState): Transition {
  return { ...state.definition, name: state.name }
}

/** Whether two definitions do the same, whatever the order of their keys: what one says of a loss changes no statement. */
export function sameDefinition (a: TransitionDefinition, b: TransitionDefinition): boolean {
  const [one, other] = [a, b].map(({ lossy: _, ...rest }) => sorted(definitionJson(rest)))
  return one === other
}

function sorted (json: string): string {
  return JSON.stringify(JSON.parse(json, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
      : value))
}
