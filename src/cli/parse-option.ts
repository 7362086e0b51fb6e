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

/** `--to <phase>` */
export function phaseOption (description: string): Option {
  return new Option('--to <phase>', description).choices(PHASES)
}
