import type { Phase } from './phases.js'
import type { PlannedStep } from './plan.js'
import type { Place } from './state/origin.js'

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

export interface AdoptResult {
  /** the database that this one was copied from; null when there was nothing to do */
  readonly copyOf: Place | null
  /** those that go on in this database from where they stand */
  readonly transitions: ReadonlyArray<{ readonly transition: string, readonly phase: Phase }>
}

export interface PlanResult {
  readonly transition: string
  readonly from: Phase
  readonly to: Phase
  readonly steps: readonly PlannedStep[]
}

export interface SweepResult {
  /** false: they were only listed */
  readonly swept: boolean
  /** objects of ours that belonged to no transition in its phase */
  readonly objects: ReadonlyArray<{
    readonly kind: 'trigger' | 'function' | 'marker' | 'constraint' | 'index' | 'view'
    readonly name: string
    /** quoted, with its schema; null where it hangs on no table */
    readonly table: string | null
    /** null: none that is in this database */
    readonly transition: string | null
    readonly statement: string
  }>
}

export interface JoinResult {
  readonly transition: string
  /** no range is left; no operator was at work on it; or the time given was over before either */
  readonly outcome: 'filled' | 'none' | 'time-is-up'
}

export interface PauseResult {
  readonly transition: string
  readonly phase: Phase
  readonly paused: { readonly by: string, readonly since: string } | null
}

/** A row whose new side cannot be made from its old one. */
export interface SetAsideRow {
  /** column of the primary key → its value as text, e.g. `{"id": "7"}` */
  readonly key: Readonly<Record<string, string>>
  /** what failed; a write whose `downgrade` fails is always refused, so that no reader of the old side sees what is stale */
  readonly direction: 'upgrade'
  readonly sqlstate: string
  readonly message: string
  /** how often it was tried, and when */
  readonly times: number
  readonly firstAt: string
  readonly lastAt: string
}

export interface SetAsideList {
  readonly transition: string
  readonly setAsideRows: number
  /** the first of them */
  readonly rows: readonly SetAsideRow[]
}

export interface SetAsideResult {
  readonly transition: string
  /** rows that were filled after all */
  readonly filledRows: number
  /** rows that go on with nulls on their new side */
  readonly releasedRows: number
  /** rows that are still set aside */
  readonly setAsideRows: number
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
  /** its statements go to a replica, whose phases it follows */
  readonly replica: boolean
  readonly acknowledged: { readonly phase: Phase, readonly epoch: number, readonly at: string } | null
  /** epochs behind the transition's; null when it has acknowledged none or does not know it */
  readonly lag: number | null
}

/** A worker of a backfill, with the range of keys that it has in hand. */
export interface WorkerStatus {
  /** as it names itself: host and pid, where nobody has named it, with `#2` for the second of a process */
  readonly worker: string
  /** null: it is of an older build */
  readonly host: string | null
  readonly pid: number | null
  /** keys behind `after` (null: from the first of all) up to `upTo` are still to be looked at; text, in the order of the primary key */
  readonly range: { readonly after: readonly string[] | null, readonly upTo: readonly string[] }
  /** in this range, by all who have worked on it */
  readonly filledRows: number
  /** ISO time of its last batch */
  readonly lastSign: string
}

export interface BackfillStatus {
  readonly startedAt: string
  readonly updatedAt: string
  readonly finishedAt: string | null
  readonly filledRows: number
  readonly estimatedRows: number
  /** 0 to 100 */
  readonly percent: number
  /** moving average of about the last half minute */
  readonly rowsPerSecond: number
  /** at that rate */
  readonly etaMs: number | null
  /** why no batch is begun now, e.g. `standby s1 is 12.0 s behind (limit 10.0 s)`, and since when */
  readonly held: { readonly reason: string, readonly since: string } | null
  /** who had the ranges that are still open last, in every process; one that is gone is among them until another takes its range */
  readonly workers: readonly WorkerStatus[]
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
  readonly paused: { readonly by: string, readonly since: string } | null
  /** the view of head columns, e.g. `vintage."public.users"`; null where the transition asks for none, or the phase has none */
  readonly readView: string | null
  readonly backfill: BackfillStatus | null
  /** who has written the old side within the last day, the latest first; empty once that is not possible any more */
  readonly strayWriters: readonly { readonly application: string, readonly role: string, readonly lastAt: string }[]
  /** SELECTs that were compared with what `read-new` will give, and how many gave other rows; the last one without its values */
  readonly shadowReads: { readonly compared: number, readonly different: number, readonly last: { readonly statement: string, readonly at: string, readonly instance: string } | null }
  /** rows still to be filled; null when the marker is not there, or counting took over 2 s */
  readonly pendingRows: number | null
  /** rows among them whose new side cannot be made from the old one; null when counting took over 2 s */
  readonly setAsideRows: number | null
  /** the phase that `advance` would enter; null at `drop` */
  readonly next: Phase | null
  readonly instances: readonly InstanceStatus[]
}

/** Everything `vintage status` shows, ready for JSON. */
export interface Status {
  /** the database that this one was copied from; null where it is none, or was adopted */
  readonly copyOf: Place | null
  readonly transitions: readonly TransitionStatus[]
}
