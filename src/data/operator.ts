import type { Knex } from 'knex'
import type { Report } from './events.js'
import type { ImportModule } from './load-transitions.js'
import type { Phase } from './phases.js'
import type { Transition } from './transition.js'

/** How to open an operator: the one who moves tables through their phases. */
export interface OperatorOptions {
  /** as for knex; a role that owns the tables and may create a schema is enough */
  readonly connection: Knex.Config['connection']
  readonly transitions: readonly Transition[]
  /** folder of knex migrations (`.ts`, `.js`, `.mjs`); absent = none are run */
  readonly migrations?: string | URL
  /** loads migrations; @default the native `import()` */
  readonly importModule?: ImportModule
  /** who this is, shown to a second operator; @default user@host (pid) */
  readonly by?: string
  /** gets each event while work goes on */
  readonly report?: Report
  /** aborts at the next safe point: after the batch or the attempt in hand */
  readonly signal?: AbortSignal
  /** how long a step waits for acknowledgements and older transactions; @default 30_000 ms */
  readonly waitMs?: number
  /** the longest that a DDL transaction may hold up an application query; @default 500 ms */
  readonly lockDeadlineMs?: number
  /** attempts of a DDL transaction before it is given up; @default 20 */
  readonly lockAttempts?: number
  /** rows of the first batch; later ones are steered by the time they take; @default 1_000 */
  readonly batchRows?: number
  /** sign of life of the operator: another one may take over after this long without; @default 10_000 ms */
  readonly leaseMs?: number
}

/** One step or more on one transition. */
export interface StepOptions {
  /** may be left out when exactly one transition is not at `drop` */
  readonly transition?: string
}

export interface MigrateResult {
  /** stems of the knex migrations that ran now */
  readonly migrations: readonly string[]
  /** transitions that began now, with the phase they have reached */
  readonly transitions: readonly { readonly transition: string, readonly phase: Phase, readonly fresh: boolean }[]
}

export interface AdvanceResult {
  readonly transition: string
  readonly from: Phase
  readonly phase: Phase
  readonly epoch: number
  /** phases gone through, in order; empty when there was nothing to do */
  readonly steps: readonly Phase[]
}

export interface VerifyResult {
  readonly transition: string
  readonly checkedRows: number
  /** rows whose new side is still to be filled */
  readonly pendingRows: number
  readonly mismatchedRows: number
  /** primary keys of the first 20 rows out of sync, e.g. `{"id": "7"}` */
  readonly mismatches: readonly Readonly<Record<string, string>>[]
  readonly ok: boolean
}

export interface InstanceStatus {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly build: string | null
  readonly startedAt: string
  readonly leaseUntil: string
  /** its lease has not run out */
  readonly live: boolean
  /** its build knows this transition */
  readonly knows: boolean
  readonly acknowledged: { readonly phase: Phase, readonly epoch: number, readonly at: string } | null
  /** epochs behind the transition's; null when it has acknowledged none or does not know it */
  readonly lag: number | null
}

export interface BackfillStatus {
  readonly startedAt: string
  readonly updatedAt: string
  readonly finishedAt: string | null
  readonly filledRows: number
  readonly estimatedRows: number
  /** 0 to 100 */
  readonly percent: number
  readonly rowsPerSecond: number
  readonly etaMs: number | null
}

export interface TransitionStatus {
  readonly transition: string
  readonly table: string
  /** null: known here, not begun in this database */
  readonly phase: Phase | null
  readonly epoch: number | null
  /** ISO time of the last change of phase */
  readonly since: string | null
  /** a definition in this checkout bears its name */
  readonly known: boolean
  readonly operator: { readonly by: string, readonly since: string, readonly until: string } | null
  readonly backfill: BackfillStatus | null
  /** rows still to be filled; null when the marker is not there, or counting took over 2 s */
  readonly pendingRows: number | null
  /** the phase that `advance` would enter; null at `drop` */
  readonly next: Phase | null
  readonly instances: readonly InstanceStatus[]
}

/** Everything `vintage status` shows, ready for JSON. */
export interface Status {
  readonly transitions: readonly TransitionStatus[]
}

export interface Operator {
  /** Runs knex migrations and begins transitions, in one order; `to` names the migration or transition to stop after. */
  migrate (options?: { to?: string }): Promise<MigrateResult>
  status (): Promise<Status>
  /** Takes the next step, or all steps up to `to`. */
  advance (options?: StepOptions & { to?: Phase }): Promise<AdvanceResult>
  /** Compares every row's two sides. */
  verify (options?: StepOptions): Promise<VerifyResult>
  /** Takes steps back up to `to`: not beyond `drop`, since the old columns are gone then. */
  rollback (options: StepOptions & { to: Phase }): Promise<AdvanceResult>
  close (): Promise<void>
}
