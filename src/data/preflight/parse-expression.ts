import { loadModule, parseSync } from 'libpg-query'
import { InvalidTransitionError } from '../../errors.js'
import { messageOf, withCause } from '../../caught.js'

/**
 * Makes sure that a text is one SQL expression and nothing more, so that it can stand inside parentheses anywhere.
 *
 * @param where e.g. `upgrade.full_name`, for the message
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION
 */
export async function parseExpression (transition: string, where: string, expression: string): Promise<void> {
  await loadModule()
  let parsed: unknown
  try {
    parsed = parseSync(`select (${expression}\n)`)
  } catch (cause) {
    throw withCause(new InvalidTransitionError(transition, `\`${where}\` is not an SQL expression: ${messageOf(cause)}`), cause)
  }
  if (!isOneExpression(parsed)) throw new InvalidTransitionError(transition, `\`${where}\` must be one SQL expression, got: ${expression}`)
}

/** A select of one value without any clause is all that `select (…)` may have become. */
function isOneExpression (parsed: unknown): boolean {
  const statements = property(parsed, 'stmts')
  if (!Array.isArray(statements) || statements.length !== 1) return false
  const select = property(property(statements[0], 'stmt'), 'SelectStmt')
  const targets = property(select, 'targetList')
  const clauses = ['fromClause', 'whereClause', 'groupClause', 'havingClause', 'sortClause', 'larg', 'intoClause', 'limitCount', 'limitOffset', 'windowClause', 'lockingClause']
  return Array.isArray(targets) && targets.length === 1 && clauses.every((clause) => property(select, clause) === undefined)
}

function property (value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}
