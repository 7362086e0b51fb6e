/** Tells how long statements of instance `$1` take, `$2` ms; null: it sends none. */
export const REPORT_LATENCY = 'update vintage.instances set latency_ms = $2, latency_at = clock_timestamp() where id = $1'
