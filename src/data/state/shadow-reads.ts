import { escapeLiteral } from 'pg'
import type { Session } from '../database.js'

/** What the shadow reads of all instances have given for a transition, those that are gone among them. */
export interface ShadowReads {
  readonly compared: number
  readonly different: number
  /** the latest difference; the statement is without values */
  readonly last: { readonly statement: string, readonly at: Date, readonly instance: string } | null
}

interface ShadowRow {
  compared: string
  different: string
  last: { statement: string, at: string, instance: string } | null
}

const SHADOW_READS = `
select coalesce(sum(compared), 0)::text as compared, coalesce(sum(different), 0)::text as different, (
  select json_build_object('statement', statement, 'at', different_at, 'instance', name)
  from vintage.shadow_reads where transition = $1 and different > 0 order by different_at desc limit 1
) as last
from vintage.shadow_reads where transition = $1`

export async function readShadowReads (session: Session, transition: string): Promise<ShadowReads> {
  const [row] = await session.query<ShadowRow>(SHADOW_READS, [transition])
  const last = row?.last ?? null
  return {
    compared: Number(row?.compared),
    different: Number(row?.different),
    last: last === null ? null : { ...last, at: new Date(last.at) }
  }
}

/** Takes away what was counted for a transition, as SQL. */
export function forgetShadowReads (transition: string): string {
  return `delete from vintage.shadow_reads where transition = ${escapeLiteral(transition)}`
}
