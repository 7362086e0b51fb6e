import type { ColumnRef } from 'libpg-query'
import { AmbiguousReferenceError, MarkerError, OldColumnError, TooEarlyError, WholeRowError } from '../../errors.js'
import { quote } from '../names.js'
import { excerptOf, type Rewriting } from './rewriting.js'
import { findRelation, hasColumn, isInTransition, levelsOf, qualifierOf, type Relation, type Scope } from './scope.js'
import { dottedNameOf, present } from './syntax.js'

/**
 * Serves one column reference: of the new side it becomes the expression that reads it in this phase.
 *
 * @param suffix SQL to follow an expression that takes its place
 * @throws FST_ERR_VINTAGE_STATEMENT_OLD_COLUMN, _MARKER, _WHOLE_ROW, _AMBIGUOUS, _TOO_EARLY
 */
export function visitReference (rewriting: Rewriting, reference: ColumnRef, scope: Scope, suffix = ''): void {
  const { names, star, location } = dottedNameOf(reference)
  const shown = [...names, ...star ? ['*'] : []].join('.')
  if (star) {
    const relation = findRelation(names, scope)
    if (relation?.state !== undefined) throw new WholeRowError(`\`${shown}\``, excerptOf(rewriting))
    return
  }
  const column = present(names.at(-1))
  const relation = names.length === 1 ? resolveBare(rewriting, column, scope) : findRelation(names.slice(0, -1), scope)
  if (relation === undefined) return
  // a sub-select stands in its place, which has no schema
  if (names.length > 2 && relation.schema === 'information_schema' && relation.name === 'columns') {
    return rewriting.text.replace(rewriting.text.rangeOf(location, names.length), `columns.${quote(column)}`)
  }
  const read = readerOf(rewriting, relation, column, shown)
  if (read === undefined) return
  if (findRelation(relation.path, scope) !== relation) {
    throw new AmbiguousReferenceError(shown, `${qualifierOf(relation)} or of an inner relation of the same name`, excerptOf(rewriting))
  }
  rewriting.text.replace(rewriting.text.rangeOf(location, names.length), read + suffix)
}

/** SQL that reads a column of that relation; undefined when its name can stay as it is. */
export function readerOf (rewriting: Rewriting, relation: Relation, column: string, shown: string): string | undefined {
  refuseGone(rewriting, relation, column, shown)
  const spanned = relation.state?.spanned.get(column)
  if (spanned === undefined || spanned.mode === 'direct') return undefined
  if (spanned.mode === 'refused') throw new TooEarlyError(`\`${shown}\``, spanned.transition, excerptOf(rewriting))
  return spanned.read(qualifierOf(relation))
}

/** @throws when a head statement must not name that column of that relation */
export function refuseGone (rewriting: Rewriting, relation: Relation, column: string, shown: string): void {
  const gone = relation.state?.gone.get(column)
  if (gone === undefined) return
  if (gone.kind === 'marker') throw new MarkerError(`\`${shown}\``, gone.transition, excerptOf(rewriting))
  throw new OldColumnError(gone.transition, `\`${shown}\``, `${gone.instead.map((name) => `\`${name}\``).join(', ')}. Statement: ${excerptOf(rewriting)}`)
}

/** Two relations for a message. */
export function eitherOf (one: Relation, other: Relation): string {
  return `${qualifierOf(one)} or of ${qualifierOf(other)}`
}

/** Postgres looks for a column in every level first, then for a relation as a whole row. */
function resolveBare (rewriting: Rewriting, name: string, scope: Scope): Relation | undefined {
  let unknown: Relation | undefined
  for (const { relations } of levelsOf(scope)) {
    const bare = relations.filter((relation) => relation.bare)
    const gone = bare.find((relation) => relation.state?.gone.has(name))
    const having = bare.filter((relation) => relation.state?.gone.has(name) !== true && hasColumn(relation, name) === true)
    const found = gone ?? having.find((relation) => isInTransition(relation, name))
    if (found !== undefined) {
      if (unknown !== undefined) throw new AmbiguousReferenceError(name, eitherOf(unknown, found), excerptOf(rewriting))
      // Postgres says itself that such a name is ambiguous
      return gone === undefined && having.length > 1 ? undefined : found
    }
    if (having.length > 0) return undefined
    unknown ??= bare.find((relation) => hasColumn(relation, name) === undefined)
  }
  if (findRelation([name], scope)?.state !== undefined) throw new WholeRowError(`\`${name}\``, excerptOf(rewriting))
  return undefined
}
