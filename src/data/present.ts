/**
 * What is always given, though its type says that it may be missing: a part of a statement, the row of an aggregate.
 *
 * @throws TypeError when it is missing
 */
export function present<Part> (part: Part | undefined): Part {
  if (part === undefined) throw new TypeError('what is always given is missing')
  return part
}
