import { withCause } from '../../caught.js'
import { RefusedRowsError } from '../../errors.js'
import { lookBriefly } from '../governor/look-briefly.js'
import { quote } from '../names.js'
import type { IndexShape } from './index-definition.js'
import type { Operation } from './operation.js'

const SHOWN = 5

/** Says which values are there more than once, as far as they are those of columns. */
export async function refuseDuplicates ({ database, subject, table }: Operation, name: string, { elements, where = 'true', nullsNotDistinct = false }: IndexShape, cause: unknown): Promise<never> {
  const columns = elements.flatMap((element) => typeof element === 'string' ? [quote(element)] : [])
  const whole = columns.length === elements.length
  const known = nullsNotDistinct ? '' : `and num_nulls(${columns.join(', ')}) = 0`
  const rows = whole
    ? await lookBriefly(database, async (session) => await session.query<{ values: unknown, rows: number }>(
      `select json_build_array(${columns.join(', ')}) as values, count(*)::int as rows from ${table.quoted} where (${where}\n) ${known} group by ${columns.join(', ')} having count(*) > 1 order by 2 desc limit ${SHOWN + 1}`)).catch(() => [])
    : []
  const listed = rows.slice(0, SHOWN).map(({ values, rows }) => `${JSON.stringify(values)} (${rows} rows)`)
  const shown = listed.length > 0 ? [...listed, ...rows.length > SHOWN ? ['and more'] : []].join(', ') : String(Reflect.get(Object(cause), 'detail'))
  throw withCause(new RefusedRowsError(`${subject}: \`${name}\` cannot be unique, since values are there more than once: ${shown}. Make them unique and run it again; the index was taken away, no row was touched`), cause)
}
