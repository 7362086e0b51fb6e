import type { ClientFault } from '../versioning/client-fault.js'
import type { Path } from '../versioning/operations/flows.js'
import { reachedPath } from './pointers.js'

/** More places of one fault than these are not told. */
const TOLD_PLACES = 20

/**
 * Finds in what a client sent the places that a fault is about.
 * @param sent of any depth that the stack allows
 */
export function findFaults (sent: unknown, fault: ClientFault): readonly Path[] {
  const found: Path[] = []
  visit(sent, [])
  return found

  function visit (value: unknown, path: Path): void {
    if (typeof value !== 'object' || value === null) return
    found.push(...fieldsAtFault(value, fault).map((field) => [...path, ...field]).slice(0, TOLD_PLACES - found.length))
    for (const [name, below] of Object.entries(value)) if (found.length < TOLD_PLACES) visit(below, [...path, name])
  }
}

function fieldsAtFault (value: object, { fields, absent, isFault }: ClientFault): Path[] {
  const paths = fields.map((field) => field.split('.'))
  const fits = paths.every((path) => isThere(value, path)) && !absent.some((field) => isThere(value, field.split('.')))
  return fits && paths.length > 0 && paths.some((path) => isFault(valueAt(value, path))) ? paths : []
}

function isThere (value: object, path: Path): boolean {
  return reachedPath(value, path).length === path.length
}

function valueAt (value: unknown, path: Path): unknown {
  return path.reduce((below: unknown, name) => Reflect.get(Object(below), name), value)
}
