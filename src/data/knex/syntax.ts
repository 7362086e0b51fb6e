import type { ColumnRef, Node } from 'libpg-query'

export type * from 'libpg-query'

export function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parse nodes come wrapped as `{ SelectStmt: { … } }`; plain fields begin with a small letter. */
export function isNode (value: unknown): value is Node {
  if (!isRecord(value)) return false
  const keys = Object.keys(value)
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '')
}

/** Texts of the `String` nodes in a list. */
export function textsOf (nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => 'String' in node ? [node.String.sval ?? ''] : [])
}

/** `u.full_name` → names `['u', 'full_name']`; `u.*` → names `['u']` and star. */
export interface DottedName {
  readonly names: readonly string[]
  readonly star: boolean
  readonly location: number
}

export function dottedNameOf (reference: ColumnRef): DottedName {
  const fields = reference.fields ?? []
  return { names: textsOf(fields), star: fields.some((field) => 'A_Star' in field), location: reference.location ?? 0 }
}

/** The name of a reference that is one bare name, else undefined. */
export function bareNameOf (node: Node | undefined): string | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined
  const { names, star } = dottedNameOf(node.ColumnRef)
  return names.length === 1 && !star ? names[0] : undefined
}
