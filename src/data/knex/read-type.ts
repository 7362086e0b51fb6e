import type { Node, TypeName } from 'libpg-query'
import { InvalidTransitionError } from '../../errors.js'
import { quote } from '../names.js'
import { nodesOf, present, statementsOf, textsOf } from './syntax.js'

/** A cast to them with a length cuts in silence what the column itself refuses. */
const CUTTING = ['varchar', 'varbit']

/**
 * The type in which an upgraded value is read: that of its column, without a length that would cut it.
 *
 * @param transition name for messages
 * @param side of the definition, for messages
 * @param type as the definition writes it, e.g. `character varying(3)[]`
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when it is not the name of one type
 */
export function readTypeOf (transition: string, type: string, side: 'before' | 'after' = 'after'): string {
  const { names, typmods, arrayBounds = [] } = typeNameOf(transition, side, type)
  const parts = textsOf(names)
  const isCutting = typmods !== undefined && CUTTING.some((name) => name === parts.at(-1)) && (parts.length === 1 || parts[0] === 'pg_catalog')
  return isCutting ? parts.map(quote).join('.') + '[]'.repeat(arrayBounds.length) : type
}

function typeNameOf (transition: string, side: string, type: string): TypeName {
  const statements = parsed(transition, side, `select null::${type}`)
  const [select] = nodesOf('SelectStmt', statements)
  const { targetList, limitOption, op, ...others } = present(select)
  const targets = nodesOf('ResTarget', targetList)
  const values = targets.map(({ val }) => val).filter((value) => value !== undefined)
  const [cast] = nodesOf('TypeCast', values.map(withoutCollation))
  const isAlone = statements.length === 1 && op === 'SETOP_NONE' && Object.keys(others).length === 0 && targets.length === 1 && targets[0]?.name === undefined
  if (!isAlone || cast?.typeName === undefined) throw new InvalidTransitionError(transition, `\`${side}\` must give each column one type, got \`${type}\``)
  return cast.typeName
}

/** A column's own collation is not its type. */
function withoutCollation (value: Node): Node {
  return ('CollateClause' in value ? value.CollateClause.arg : undefined) ?? value
}

function parsed (transition: string, side: string, sql: string): Node[] {
  try {
    return statementsOf(sql)
  } catch (cause) {
    throw Object.assign(new InvalidTransitionError(transition, `\`${side}\` holds what is no type: \`${sql.slice('select null::'.length)}\``), { cause })
  }
}
