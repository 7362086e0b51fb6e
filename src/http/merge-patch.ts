import { isRecord } from '../versioning/json-schema.js'

/**
 * Lays a merge patch over a value; neither is mutated. Null stays where the patch has it, unlike in the RFC: what becomes
 * of it is up to the schemas on both sides, and an upgrade takes null in a field that cannot be null for not there.
 * @see https://www.rfc-editor.org/rfc/rfc7396.html
 */
export function mergePatch (target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const base = isRecord(target) ? target : {}
  const merged = Object.entries(patch).map(([name, value]): [string, unknown] => [name, mergePatch(Object.hasOwn(base, name) ? base[name] : undefined, value)])
  // own entries only, so that `__proto__` is a name like any other
  return Object.fromEntries([...Object.entries(base), ...merged])
}
