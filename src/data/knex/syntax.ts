import { parseSync } from 'libpg-query'
import type { ColumnRef, Node } from 'libpg-query'
import { present } from '../present.js'

export { present }

/**
 * Parses SQL with the parser of Postgres.
 *
 * @throws what the parser throws, for text that is not SQL
 */
export function statementsOf (sql: string): Node[] {
  return present(parseSync(sql).stmts).map(({ stmt }) => stmt).filter((statement) => statement !== undefined)
}

export function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parse nodes come wrapped as `{ SelectStmt: { … } }`; plain fields begin with a small letter. */
export function isNode (value: unknown): value is Node {
  return isRecord(value) && /^[A-Z]\w*$/.test(Object.keys(value).join())
}

/** Nodes of one kind in a list, unwrapped. */
export function nodesOf<Kind extends string> (kind: Kind, nodes: readonly Node[] = []): Extract<Node, Record<Kind, unknown>>[Kind][] {
  return nodes.filter((node): node is Extract<Node, Record<Kind, unknown>> => kind in node).map((node) => node[kind])
}

/** Texts of the `String` nodes in a list. */
export function textsOf (nodes: readonly Node[] | undefined): string[] {
  return nodesOf('String', nodes).map(({ sval = '' }) => sval)
}

/** `u.full_name` → names `['u', 'full_name']`; `u.*` → names `['u']` and star. */
export interface DottedName {
  readonly names: readonly string[]
  readonly star: boolean
  /** byte position of its first part; negative when it is not in the text */
  readonly location: number
}

export function dottedNameOf (reference: ColumnRef): DottedName {
  return { names: textsOf(reference.fields), star: nodesOf('A_Star', reference.fields).length > 0, location: present(reference.location) }
}

/** The name of a reference that is one bare name, else undefined. */
export function bareNameOf (node: Node | undefined): string | undefined {
  const [reference] = nodesOf('ColumnRef', [present(node)])
  if (reference === undefined) return undefined
  const { names, star } = dottedNameOf(reference)
  return names.length === 1 && !star ? names[0] : undefined
}
