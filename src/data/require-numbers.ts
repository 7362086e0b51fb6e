import { InvalidOptionError } from '../errors.js'

type Numbers = Readonly<Record<string, number | undefined>>

/**
 * Looks at options that count something; those that were not given are fine.
 *
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for what is no whole number above 0
 */
export function requireCounts (options: Numbers): void {
  requireAll(options, (value) => Number.isSafeInteger(value) && value > 0, 'a whole number above 0')
}

/**
 * Looks at options that say how long or how much, also nothing at all.
 *
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for what is no number, or below 0, or without end
 */
export function requireAmounts (options: Numbers): void {
  requireAll(options, (value) => Number.isFinite(value) && value >= 0, 'a number of 0 or above')
}

function requireAll (options: Numbers, fits: (value: number) => boolean, what: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !fits(value)) throw new InvalidOptionError(name, `must be ${what}, got ${String(value)}`)
  }
}
