/**
 * A stream of numbers from 0 to 1 that is the same for the same seed.
 * @see mulberry32, by Tommy Ettinger (public domain)
 */
export function seededRandom (seed: number): () => number {
  let state = seed >>> 0
  return function next () {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
