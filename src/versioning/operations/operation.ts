import type { Change } from '../change.js'
import type { JsonSchema } from '../json-schema.js'
import type { BoundLoad, Load } from '../load-context.js'
import type { Behaviour } from './behaviour.js'
import type { EndpointOperation } from './endpoint-operation.js'
import type { SchemaRemoved } from './schema-removed.js'
import type { SchemaRenamed } from './schema-renamed.js'
import type { SchemaSplit } from './schema-split.js'
import type { ValueOperationMove } from './value-moves.js'

/** What a change does: to the fields of an object, to the values of an enum, to the names of schemas, to an endpoint, or to what no shape tells. */
export type Operation = SchemaOperation | NameOperation | EndpointOperation | Behaviour

/** An operation that alters which schema a name stands for. */
export type NameOperation = SchemaRenamed | SchemaRemoved | SchemaSplit

/** @returns whether an operation alters schemas, and with them values */
export function isSchemaOperation (operation: Operation): operation is SchemaOperation {
  return 'undo' in operation
}

/** @returns whether an operation alters which schema a name stands for */
export function isNameOperation (operation: Operation): operation is NameOperation {
  return operation.kind === 'schema-renamed' || operation.kind === 'schema-removed' || operation.kind === 'schema-split'
}

export type Direction = 'upgrade' | 'downgrade'

/** `value`: one thing of the schema; `filter`: a query, path or header value that selects things of it. */
export type Use = 'value' | 'filter'

/** Field names with their schemas, as a version file writes them. */
export type Fragments = Readonly<Record<string, JsonSchema>>

/** An operation that alters schemas, and with them values. */
export interface SchemaOperation {
  readonly kind: 'rename' | 'replace' | 'add' | 'remove' | 'split-enum' | 'map-enum' | 'nest' | 'flatten' | 'wrap' | 'constrain' | 'default-changed' | 'error-code-changed' | 'enveloped' | 'field-names'
  /** self-contained schemas of the fields that the older version has */
  readonly before: Fragments
  /** self-contained schemas of the fields that the newer version has */
  readonly after: Fragments
  /** why information is lost, when it is */
  readonly lossy?: { readonly why: string } | undefined
  /** @returns whether a schema admits values that the operation cannot tell apart, though it loses nothing on others */
  losesOn? (step: Step): boolean
  /** look-ups without which values cannot be downgraded; conversions that need them run in `convertLoading` */
  readonly load?: Load | undefined
  /** whether head may refuse what an honest older value became: the request is then answered with 422 that points at the fields as the client knows them, else with 500 */
  readonly mayRefuse?: boolean | undefined
  /** @returns a schema of the newer version that the operation fits, for trying it out on generated values */
  sample (): JsonSchema
  /** @returns names of the newer version that this operation makes, for finding forgotten twins */
  touches (): readonly string[]
  /**
   * how a forgotten twin is told: each name with its type counts, only all of them together, or a name with the very same limits and default
   * @default 'each'
   */
  readonly recognisedBy?: 'each' | 'all' | 'content'
  /** values of an enum of the newer version that this operation makes, for finding forgotten twins */
  readonly makes?: readonly string[]
  /** @returns the schema one change older; the very same schema where the operation does not apply */
  undo (newer: JsonSchema, site: Site): JsonSchema
  /** @returns what happens to a value, in order */
  moves (step: Step, direction: Direction, use: Use): readonly Move[]
  /** @returns what is missing for a direction that is used, as the end of a sentence; undefined when nothing is. `room`: how many values the array around may hold, 0 where there is none */
  lacks (step: Step, direction: Direction, use: Use, room: number): string | undefined
}

/** Where an operation is being applied: one schema in one version. */
export interface Site {
  /** the schema follows the target (a variant, a part of an intersection) and may lack fields */
  readonly follows: boolean
  /** fragments with every reference bound */
  readonly before: Fragments
  readonly after: Fragments
  /** the schema behind references, as of the newer version */
  resolve (schema: JsonSchema): JsonSchema
  /** a field of the older base as `make` of the variant leaves it; undefined when `make` drops it */
  remade (name: string): { readonly required: boolean } | undefined
  /** @throws FST_ERR_VINTAGE_MISFIT with file, version and change in front */
  misfit (problem: string): never
}

/** One operation bound to one schema: the schemas on both sides of it. */
export interface Step {
  readonly change: Change
  readonly operation: SchemaOperation
  /** for messages: `2026-11-01/full-name.ts` */
  readonly source: string
  /** the version that brought the change */
  readonly version: string
  /** index of that version; values before the change are of index - 1 */
  readonly index: number
  /** the schema follows the target, as a variant does */
  readonly follows: boolean
  readonly older: JsonSchema
  readonly newer: JsonSchema
  /** the schema behind references, as of the newer version */
  resolve (schema: JsonSchema): JsonSchema
}

/** One thing that happens to the fields of a value; compiled or interpreted, with the same result. */
export type Move = FieldMove | ValueMove

/** One thing that happens to the fields of an object. */
export type FieldMove =
  /** all at once, so that names can be swapped */
  | { readonly kind: 'rename', readonly pairs: ReadonlyArray<readonly [from: string, to: string]> }
  | { readonly kind: 'drop', readonly names: readonly string[] }
  | { readonly kind: 'fill', readonly name: string, readonly value: unknown }
  | MapMove
  | CallMove
  | ValueOperationMove

/** @returns what happens to the fields of an object, in order */
export function fieldMoves (step: Step, direction: Direction, use: Use): readonly FieldMove[] {
  return step.operation.moves(step, direction, use).filter((move) => move.kind !== 'map-value')
}

/** @returns what happens to a value that is no object, in order */
export function valueMoves (step: Step, direction: Direction, use: Use): readonly ValueMove[] {
  return step.operation.moves(step, direction, use).filter((move) => move.kind === 'map-value')
}

/** A pure mapping of one field. */
export interface MapMove {
  readonly kind: 'map'
  readonly name: string
  run (value: unknown): unknown
}

/** A pure mapping of a whole value. */
export interface ValueMove {
  readonly kind: 'map-value'
  run (value: unknown): unknown
  /** in a filter, all values that one value stands for */
  expand (value: unknown): readonly unknown[]
}

/** A function of a version file: fields in, fields out. */
export interface CallMove {
  readonly kind: 'call'
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** reads that may be absent although others are there */
  readonly optional: ReadonlySet<string>
  /** reads that may be null when the function is called; null in any other counts as not there, unless it spreads */
  readonly nullable: ReadonlySet<string>
  /** all reads null become all writes null without a call */
  readonly passesNull: boolean
  /** one read null that must not be, and all writes become null without a call */
  readonly spreadsNull: boolean
  /** the function is called even when all reads are absent */
  readonly always?: boolean | undefined
  /** the function, checked: what it throws or returns wrongly becomes an error of ours; `loaded` is what its {@link load} found */
  run (fields: Record<string, unknown>, loaded?: unknown): Record<string, unknown>
  /** the function itself, for generated code that checks it where it stands */
  readonly direct: DirectCall
  /** looks something up before the function is called */
  readonly load?: BoundLoad | undefined
  /** some reads are there, `missing` are not, all named as the sender calls them; undefined leaves all writes absent */
  partial (missing: readonly string[], together: readonly string[]): undefined
}

/** A function of a version file, and what becomes of its failures. */
export interface DirectCall {
  readonly call: (fields: Record<string, unknown>, loaded?: unknown) => unknown
  /** @throws FST_ERR_VINTAGE_CHANGE_FAILED for what the function threw */
  threw (cause: unknown): never
  /** @throws FST_ERR_VINTAGE_CHANGE_FAILED for a result that is no object of fields */
  returnedWrongly (): never
}
