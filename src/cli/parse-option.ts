import { InvalidArgumentError, Option } from 'commander'
import { PHASES } from '../data/phases.js'

/** A whole number above zero. */
export function parseCount (text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('A whole number above zero is wanted.')
  return count
}

/** Seconds, also with decimals, as milliseconds. */
export function parseSeconds (text: string): number {
  const seconds = Number(text)
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0) throw new InvalidArgumentError('A number of seconds is wanted.')
  return seconds * 1000
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A length of time with its unit, `90s`, `30m`, `12h`, `3d`, as milliseconds. */
export function parseDuration (text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined) throw new InvalidArgumentError('A number with a unit is wanted: 90s, 30m, 12h or 3d.')
  return Number(count) * Number(UNITS_MS[unit])
}

/** `--to <phase>` */
export function phaseOption (description: string): Option {
  return new Option('--to <phase>', description).choices(PHASES)
}
