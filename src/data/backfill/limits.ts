/** What a backfill gives way to; each is looked at before every batch. */
export interface BackfillLimits {
  /** rows filled per second at most; @default no limit */
  readonly maxRowsPerSecond?: number
  /** the furthest that any standby may be behind in replaying, in ms; @default 10_000 */
  readonly maxReplicaLagMs?: number
  /** the most WAL that any replication slot may hold back, in bytes; @default 10 GiB */
  readonly maxSlotBytes?: number
  /** sessions of the server at work on a statement at most, ours not counted; @default no limit */
  readonly maxActiveSessions?: number
  /** what 99 of 100 statements of an instance may take at most, in ms, as the application measures them; @default no limit */
  readonly maxAppLatencyMs?: number
}

/** The limits with their defaults; null is none. */
export interface SettledLimits {
  readonly maxRowsPerSecond: number | null
  readonly maxReplicaLagMs: number
  readonly maxSlotBytes: number
  readonly maxActiveSessions: number | null
  readonly maxAppLatencyMs: number | null
}

export function settleLimits (limits: BackfillLimits): SettledLimits {
  return {
    maxRowsPerSecond: limits.maxRowsPerSecond ?? null,
    maxReplicaLagMs: limits.maxReplicaLagMs ?? 10_000,
    maxSlotBytes: limits.maxSlotBytes ?? 10 * 1024 ** 3,
    maxActiveSessions: limits.maxActiveSessions ?? null,
    maxAppLatencyMs: limits.maxAppLatencyMs ?? null
  }
}
