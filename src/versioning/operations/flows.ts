import type { FieldMove } from './operation.js'

/** Names from an object down to a value in it; an index stands for itself, as text. */
export type Path = readonly string[]

/** Where the value of a field goes when a move takes it to the newer version. */
export interface Flow {
  /** in the older version */
  readonly from: Path
  /** in the newer version */
  readonly to: Path
  /** whether the value, and all that it holds, arrives as it was; false where a function makes another of it */
  readonly carries: boolean
}

/** @returns what flows where in a move towards the newer version; nothing for a field that comes or goes */
export function flowsOf (move: FieldMove): readonly Flow[] {
  switch (move.kind) {
    case 'rename': return move.pairs.map(([from, to]) => ({ from: [from], to: [to], carries: true }))
    case 'map': return [{ from: [move.name], to: [move.name], carries: false }]
    case 'call': return move.reads.flatMap((from) => move.writes.map((to) => ({ from: [from], to: [to], carries: false })))
    case 'nest': return move.fields.map(({ from, key }) => ({ from: [from], to: [move.into, key], carries: true }))
    case 'flatten': return move.fields.map(({ key, to }) => ({ from: [move.from, key], to: [to], carries: true }))
    case 'wrap': return [{ from: [move.from], to: [move.to, '0'], carries: true }]
    case 'unwrap': return [{ from: [move.from, '0'], to: [move.to], carries: true }]
    case 'translate': return [{ from: [move.name], to: [move.name], carries: false }]
    case 'default':
    case 'check': return [{ from: [move.name], to: [move.name], carries: true }]
    case 'drop':
    case 'fill': return []
  }
}

/** @returns whether a path leads through another, or to the same value */
export function leadsThrough (path: Path, other: Path): boolean {
  return other.every((name, position) => path[position] === name)
}
