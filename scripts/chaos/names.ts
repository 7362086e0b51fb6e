import { below, type Random } from './random.js'

const FIRST = ['Ada', 'Grace', 'Mary Ann', "O'Brien", '明', 'Zoë', 'Ludwig van']

/** A name that no other write has; some first names hold a space, so that the way back splits them elsewhere. */
export function nameOf (random: Random, writer: string, serial: number): { first: string, last: string, full: string } {
  const first = FIRST[below(random, FIRST.length)] ?? 'Ada'
  const last = `${writer}.${serial}`
  return { first, last, full: `${first} ${last}` }
}
