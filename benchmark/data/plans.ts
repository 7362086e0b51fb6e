import type { Knex } from 'knex'
import { isList, isRecord } from '../../src/versioning/json-schema.js'

/** Sends a statement without the hook of its knex. */
export type SendRaw = (sql: string, values: unknown[]) => Promise<unknown[]>

/** The node types of a statement's plan, outermost first, e.g. `Limit > Index Scan`. */
export async function nodeTypesOf (query: Knex.QueryBuilder, send: SendRaw): Promise<string> {
  const { sql, bindings } = query.toSQL().toNative()
  const [row] = await send(`explain (format json, costs off) ${sql}`, [...bindings])
  const plans: unknown = isRecord(row) ? row['QUERY PLAN'] : undefined
  const [top] = isList(plans) ? plans : []
  return isRecord(top) ? describe(top.Plan) : 'unknown'
}

function describe (plan: unknown): string {
  if (!isRecord(plan)) return 'unknown'
  const inner = isList(plan.Plans) ? plan.Plans.map(describe) : []
  const type = String(plan['Node Type'])
  if (inner.length === 0) return type
  return `${type} > ${inner.length === 1 ? inner[0] : `(${inner.join(', ')})`}`
}
