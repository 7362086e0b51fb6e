import type { OldName } from './oracle.js'

/** A small deterministic generator, so that a run's names do not depend on the machine. */
export function randomFrom (seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const FIRST = ['Ada', 'Grace', 'Mary Ann', 'O\'Brien', '明', 'Jean-Luc', 'Zoë', 'Ludwig van']
const LAST = ['Lovelace', 'Hopper', 'Smith', 'D\'Arcy', '李', '', 'van der Berg', 'Müller  Lüdenscheid']

/** A name that no other write uses: the serial is part of it. Some first names hold a space: the lossy case. */
export function nameOf (random: () => number, serial: string): OldName {
  const first = FIRST[Math.floor(random() * FIRST.length)] ?? 'Ada'
  const last = LAST[Math.floor(random() * LAST.length)] ?? ''
  return { first_name: first, last_name: last === '' ? serial : `${last} ${serial}` }
}
