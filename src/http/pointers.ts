import type { Path } from '../versioning/operations/flows.js'

/** Writes a path as a JSON pointer (RFC 6901). @see https://www.rfc-editor.org/rfc/rfc6901.html */
export function pointerOf (path: Path): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Reads a JSON pointer, as ajv has it in `instancePath`. */
export function stepsOf (pointer: string): Path {
  return pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Follows a path into a value, by own members only, as far as it leads. */
export function reachedPath (value: unknown, path: Path): Path {
  let below = value
  const reached = path.findIndex((name) => {
    if (typeof below !== 'object' || below === null || !Object.hasOwn(below, name)) return true
    below = Reflect.get(below, name)
    return false
  })
  return reached === -1 ? path : path.slice(0, reached)
}
