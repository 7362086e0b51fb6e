import type { Node } from 'libpg-query'
import { InvalidTransitionError } from '../../errors.js'
import { quote } from '../names.js'
import { SourceText } from './source-text.js'
import { dottedNameOf, isNode, isRecord, nodesOf, statementsOf, type DottedName } from './syntax.js'

const PREFIX = 'select ('

/**
 * Turns an SQL expression over bare column names into one over the columns of any row.
 *
 * @param transition name for messages
 * @param expression e.g. `trim(first_name)`
 * @returns given the name of a row as SQL, e.g. `"u"`, the expression over it: `(trim("u"."first_name"))`
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when it is not one expression over bare column names
 */
export function templateOf (transition: string, expression: string): (qualifier: string) => string {
  const sql = selectOf(expression)
  const template = spliceColumns(transition, '`upgrade`', sql, valueOf(transition, sql))
  return (qualifier) => template((name) => `${qualifier}.${quote(name)}`)
}

/**
 * The same for an expression that Postgres has judged already, and for columns that may bear another name.
 *
 * @param where e.g. `downgrade.name`, for messages
 * @returns given how each column is written, e.g. `NEW."name"`, the expression over these, in parentheses
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when it does not name columns by their bare names
 */
export function columnTemplateOf (transition: string, where: string, expression: string): ColumnTemplate {
  const sql = selectOf(expression)
  return spliceColumns(transition, `\`${where}\``, sql, statementsOf(sql))
}

type ColumnTemplate = (columnOf: (name: string) => string) => string

/** The line break ends a comment that the expression may end with. */
function selectOf (expression: string): string {
  return `${PREFIX}${expression}${expression.includes('--') ? '\n' : ''})`
}

function spliceColumns (transition: string, where: string, sql: string, parsed: unknown): ColumnTemplate {
  const template = new SourceText(sql)
  const columns = referencesIn(parsed).map(({ names, star, location }) => {
    const [name] = names
    if (names.length !== 1 || star || name === undefined) {
      throw new InvalidTransitionError(transition, `${where} must name columns by their bare names, got \`${expressionIn(sql)}\``)
    }
    return { range: template.rangeOf(location, 1), name }
  })
  return (columnOf) => {
    const text = new SourceText(sql)
    for (const { range, name } of columns) text.replace(range, columnOf(name))
    return text.toString().slice(PREFIX.length - 1)
  }
}

function expressionIn (sql: string): string {
  return sql.slice(PREFIX.length, -1).trimEnd()
}

function valueOf (transition: string, sql: string): Node {
  const statements = parsed(transition, sql)
  const [select] = nodesOf('SelectStmt', statements)
  if (statements.length === 1 && select !== undefined) {
    const { targetList, limitOption, op, ...others } = select
    const [target, ...more] = nodesOf('ResTarget', targetList)
    const alone = Object.keys(others).length === 0 && op === 'SETOP_NONE' && limitOption === 'LIMIT_OPTION_DEFAULT' && more.length === 0
    if (alone && target?.val !== undefined && !isRowOrQuery(target.val)) return target.val
  }
  throw new InvalidTransitionError(transition, `\`upgrade\` must hold one SQL expression, got \`${expressionIn(sql)}\``)
}

/** `a, b` within the parentheses would be a row; a query has names of its own. */
function isRowOrQuery (part: unknown): boolean {
  if (Array.isArray(part)) return part.some(isRowOrQuery)
  if (!isRecord(part)) return false
  return (isNode(part) && ('RowExpr' in part || 'SubLink' in part)) || Object.values(part).some(isRowOrQuery)
}

function parsed (transition: string, sql: string): Node[] {
  try {
    return statementsOf(sql)
  } catch (cause) {
    throw Object.assign(new InvalidTransitionError(transition, `\`upgrade\` is not SQL: \`${expressionIn(sql)}\``), { cause })
  }
}

function referencesIn (value: unknown): DottedName[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isRecord(value)) return []
  if (isNode(value) && 'ColumnRef' in value) return [dottedNameOf(value.ColumnRef)]
  return Object.values(value).flatMap(referencesIn)
}
