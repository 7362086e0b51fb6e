/** Rows beyond those in which one column has each of its values. */
const MIXED_ROWS = 64

const MAX_ROWS = 1_000

/**
 * Lays values of several columns side by side: each value of each column beside what is usual in the others, all
 * nulls, and a mix. The same values give the same rows every time.
 *
 * @param columns column → its values, a usual one first
 */
export function generateRows (columns: ReadonlyMap<string, readonly unknown[]>): Array<Record<string, unknown>> {
  const rowOf = (pick: (values: readonly unknown[]) => unknown): Record<string, unknown> =>
    Object.fromEntries([...columns].map(([name, values]) => [name, pick(values)]))
  const usual = rowOf(([first]) => first)
  const single = [...columns].flatMap(([name, values]) => values.map((value) => ({ ...usual, [name]: value })))
  const next = countUp([...columns.keys()].join())
  const mixed = Array.from({ length: columns.size > 1 ? MIXED_ROWS : 0 }, () => rowOf((values) => values[next() % values.length]))
  const rows = [usual, rowOf(() => null), ...mixed, ...single].map((row) => JSON.stringify(row))
  return [...new Set(rows)].slice(0, MAX_ROWS).map((row) => JSON.parse(row))
}

/** Numbers that look random and are the same every time (an LCG, of Numerical Recipes), whose high bits are used. */
function countUp (text: string): () => number {
  let state = [...text].reduce((sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0, 1)
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
}
