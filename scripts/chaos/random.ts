/** Numbers from 0 to below 1, the same for the same seed on every machine. */
export type Random = () => number

/** Marsaglia's xorshift on 32 bits, after a few turns that tell neighbouring seeds apart. */
export function randomFrom (seed: number): Random {
  let state = (Math.imul(seed, 2654435761) ^ 0x9e3779b9) >>> 0 || 1
  const next: Random = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  for (let turn = 0; turn < 8; turn++) next()
  return next
}

/** A whole number from 0 to below `end`. */
export function below (random: Random, end: number): number {
  return Math.floor(random() * end)
}

/** The same items in another order. */
export function shuffle<Item> (random: Random, items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
