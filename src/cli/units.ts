const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A span of time in its two largest units: `850 ms`, `4 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`. */
export function formatDuration (ms: number): string {
  const whole = Math.max(0, Math.round(ms))
  if (whole < SECOND_MS) return `${whole} ms`
  const rounded = Math.round(whole / SECOND_MS) * SECOND_MS
  if (rounded < MINUTE_MS) return `${rounded / SECOND_MS} s`
  if (rounded < HOUR_MS) return inTwoUnits(rounded, MINUTE_MS, 'min', SECOND_MS, 's')
  if (rounded < DAY_MS) return inTwoUnits(rounded, HOUR_MS, 'h', MINUTE_MS, 'min')
  return inTwoUnits(rounded, DAY_MS, 'd', HOUR_MS, 'h')
}

/** A count with separators: `1,234,567`. */
export function formatCount (count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** A count with its noun: `1 change`, `12 changes`. */
export function formatNumber (count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A point in time to the second, in UTC: `2026-11-01 09:30:00Z`. */
export function formatTime (iso: string): string {
  return new Date(iso).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

function inTwoUnits (ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % largeMs) / smallMs)
  return `${Math.floor(ms / largeMs)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}
