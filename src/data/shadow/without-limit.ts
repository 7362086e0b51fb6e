import type { Node, SelectStmt } from 'libpg-query'
import { SourceText } from '../knex/source-text.js'
import { present } from '../knex/syntax.js'

/**
 * Lets a SELECT give all rows that its limit and offset choose from: which of them these choose may hang on the plan.
 * The numbers stay in the text, since a parameter that nothing names is an error.
 *
 * @returns undefined where either is more than a number or a parameter
 */
export function withoutLimit (sql: string, { limitCount, limitOffset }: SelectStmt): string | undefined {
  const text = new SourceText(sql)
  for (const node of [limitCount, limitOffset]) {
    if (node === undefined) continue
    const number = numberIn(node)
    if (number === undefined) return undefined
    text.replace(text.rangeOf(number.location, 1), `nullif(${number.sql}::bigint, ${number.sql})`)
  }
  return text.toString()
}

function numberIn (node: Node): { sql: string, location: number } | undefined {
  if ('ParamRef' in node) return { sql: `$${node.ParamRef.number}`, location: present(node.ParamRef.location) }
  if (!('A_Const' in node) || node.A_Const.ival === undefined) return undefined
  // the parser leaves a zero out
  return { sql: String(node.A_Const.ival.ival ?? 0), location: present(node.A_Const.location) }
}
