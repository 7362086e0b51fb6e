import { InvalidTransitionError } from '../errors.js'
import { constraintProblemOf } from './check-constraints.js'
import type { TransitionDefinition } from './transition.js'

/**
 * Checks what can be told without a database.
 *
 * @param name how to call it in a message
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION
 */
export function checkDefinition (name: string, definition: TransitionDefinition): void {
  const problem = firstProblemOf(definition)
  if (problem !== undefined) throw new InvalidTransitionError(name, problem)
}

function firstProblemOf (definition: TransitionDefinition): string | undefined {
  const { table, schema, before, after, upgrade, downgrade } = definition
  if (!isName(table)) return '`table` must name a table'
  if (schema !== undefined && !isName(schema)) return '`schema` must name a schema'
  if (schema === undefined && table.split('.').some((part) => part === '')) return `\`table\` is \`${table}\`: write \`users\` or \`shop.users\``
  for (const [side, columns] of [['before', before], ['after', after], ['upgrade', upgrade], ['downgrade', downgrade]] as const) {
    if (!isTextRecord(columns)) return `\`${side}\` must say at least one column with a text, e.g. { full_name: 'text' }`
  }
  const both = Object.keys(after).find((column) => Object.hasOwn(before, column))
  if (both !== undefined) return `column \`${both}\` stands on both sides: the new side needs a name of its own`
  return mismatch('upgrade', upgrade, 'after', after) ?? mismatch('downgrade', downgrade, 'before', before) ?? optionProblemOf(definition)
}

function mismatch (direction: string, expressions: object, side: string, columns: object): string | undefined {
  const missing = Object.keys(columns).find((column) => !Object.hasOwn(expressions, column))
  if (missing !== undefined) return `\`${direction}\` has no expression for column \`${missing}\` of \`${side}\``
  const extra = Object.keys(expressions).find((column) => !Object.hasOwn(columns, column))
  if (extra !== undefined) return `\`${direction}\` has an expression for \`${extra}\`, which is no column of \`${side}\``
  return undefined
}

function optionProblemOf (definition: TransitionDefinition): string | undefined {
  const foreign = definition.notNull?.find((column) => !Object.hasOwn(definition.after, column))
  if (foreign !== undefined) return `\`notNull\` names \`${foreign}\`, which is no column of \`after\``
  for (const index of definition.indexes ?? []) {
    const columns = 'columns' in index ? index.columns : index
    if (columns.length === 0 || !columns.every(isName)) return '`indexes` must be lists of column names'
    const old = columns.find((column) => Object.hasOwn(definition.before, column))
    if (old !== undefined) return `\`indexes\` names \`${old}\`, a column of the old side, which would go with it`
  }
  return constraintProblemOf(definition) ?? wordProblemOf(definition)
}

const WORDS: Readonly<Record<'lossy' | 'conflict' | 'onError', readonly string[]>> = {
  lossy: ['upgrade', 'downgrade', 'both'],
  conflict: ['new-wins', 'reject'],
  onError: ['reject', 'set-aside']
}

function wordProblemOf (definition: TransitionDefinition): string | undefined {
  if (!['undefined', 'boolean'].includes(typeof definition.readView)) return '`readView` must be true or false'
  for (const option of ['lossy', 'conflict', 'onError'] as const) {
    const word = definition[option]
    if (word !== undefined && !WORDS[option].includes(word)) return `\`${option}\` is \`${word}\`, must be one of ${WORDS[option].join(', ')}`
  }
  return undefined
}

function isName (value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function isTextRecord (value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const entries = Object.entries(value)
  return entries.length > 0 && entries.every(([column, text]) => isName(column) && isName(text))
}
