import type { TransitionDefinition } from './transition.js'

/** The first mistake in the constraints of the new side that can be told without a database. */
export function constraintProblemOf ({ before, after, checks = {}, unique = [], foreignKeys = [] }: TransitionDefinition): string | undefined {
  const empty = Object.entries(checks).find(([name, condition]) => name.trim() === '' || condition.trim() === '')
  if (empty !== undefined) return "`checks` must say a condition for each name, e.g. { total_positive: 'total > 0' }"
  for (const { columns, references } of foreignKeys) {
    if (columns.length !== references.columns.length) return `\`foreignKeys\` refers from ${columns.length} columns to ${references.columns.length}`
  }
  for (const [option, lists] of [['unique', unique], ['foreignKeys', foreignKeys.map(({ columns }) => columns)]] as const) {
    for (const columns of lists) {
      const old = columns.find((column) => Object.hasOwn(before, column))
      if (old !== undefined) return `\`${option}\` names \`${old}\`, a column of the old side, which would go with it`
      if (!columns.some((column) => Object.hasOwn(after, column))) return `\`${option}\` must name at least one column of \`after\`, got: ${columns.join(', ') || 'none'}`
    }
  }
  return undefined
}
