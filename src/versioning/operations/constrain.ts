import type { TSchema } from '@sinclair/typebox'
import { isDeepStrictEqual } from 'node:util'
import { mayRefuse } from '../limits.js'
import { undoConstrain } from './constrain-schema.js'
import { fieldsOf, sampleOf, type Field } from './fields.js'
import { checkMoveOf, refitCallOf } from './constrain-moves.js'
import type { Direction, SchemaOperation, Step } from './operation.js'
import type { Exactly, Fields } from './replace.js'

/** What {@link constrain} is told. */
export interface ConstrainSpec<Before extends Record<string, TSchema>, After extends Record<string, TSchema>, Up extends Fields<After>, Down extends Fields<Before>> {
  /** the fields as the older version limits them; `Type.Optional` where they may be left out */
  readonly before: Before
  /** the same fields as the newer version limits them */
  readonly after: After
  /**
   * makes older values fit the newer limits; synchronous and pure
   * @default a value that only the older version allows is answered with 422, in the client's own field names
   */
  readonly fit?: (before: Fields<Before>) => Up & Exactly<Fields<After>, Up>
  /** makes newer values fit the older limits, where the newer version allows more and a response carries the schema */
  readonly relax?: (after: Fields<After>) => Down & Exactly<Fields<Before>, Down>
}

/**
 * Gives fields other limits, formats or another required-ness; their names and types stay. Fields that depend on each
 * other stand in one change, others each in their own.
 *
 * @example change('a name has at most 50 characters', 'User', constrain({
 *   before: { name: Type.String() }, after: { name: Type.String({ maxLength: 50 }) },
 *   fit: ({ name }) => ({ name: name.slice(0, 50) })
 * }))
 */
export function constrain<Before extends Record<string, TSchema>, After extends Record<string, TSchema>, const Up extends Fields<After>, const Down extends Fields<Before>> (
  spec: ConstrainSpec<Before, After, Up, Down>
): SchemaOperation {
  const functions: Record<Direction, unknown> = { upgrade: spec.fit, downgrade: spec.relax }
  const names = Object.keys(spec.after)
  return {
    kind: 'constrain',
    before: spec.before,
    after: spec.after,
    lossy: spec.fit === undefined && spec.relax === undefined ? undefined : { why: 'what only one side allows is made to fit the other' },
    mayRefuse: spec.fit === undefined,
    sample: () => sampleOf(spec.after),
    touches: () => names,
    recognisedBy: 'content',
    undo: (newer, site) => undoConstrain(newer, site, spec.fit !== undefined || spec.relax !== undefined),
    moves: (step, direction) => {
      const changed = changedFields(step, names)
      if (functions[direction] !== undefined) return changed.length === 0 ? [] : [refitCallOf(step, direction, functions[direction])]
      return direction === 'downgrade' ? [] : changed.flatMap(({ older, newer }) => mayRefuse(older.schema, newer.schema, step.resolve) === undefined ? [] : [checkMoveOf(step, newer)])
    },
    lacks: (step, direction) => functions[direction] === undefined ? lackOf(step, direction, changedFields(step, names)) : undefined
  }
}

interface ChangedField { readonly older: Field, readonly newer: Field }

/** The fields that differ on both sides of a step; a variant may have none of them. */
function changedFields ({ older, newer }: Step, names: readonly string[]): ChangedField[] {
  const before = new Map(fieldsOf(older).map((field) => [field.name, field]))
  return fieldsOf(newer).flatMap((field) => {
    const old = before.get(field.name)
    return old === undefined || !names.includes(field.name) || isDeepStrictEqual(old, field) ? [] : [{ older: old, newer: field }]
  })
}

function lackOf ({ resolve }: Step, direction: Direction, changed: readonly ChangedField[]): string | undefined {
  const isGiven = ({ required, schema }: Field) => required || (schema.default ?? resolve(schema).default) !== undefined
  if (direction === 'upgrade') {
    const absent = changed.find(({ older, newer }) => newer.required && !isGiven(older))
    return absent && `has no \`fit\`, and \`${absent.newer.name}\` is required since, which older clients may leave out: give it a value in \`fit\``
  }
  const absent = changed.find(({ older, newer }) => older.required && !isGiven(newer))
  if (absent !== undefined) return `has no \`relax\`, and \`${absent.newer.name}\` may be absent since, which older clients are promised: give it a value in \`relax\``
  for (const { older, newer } of changed) {
    const keyword = mayRefuse(newer.schema, older.schema, resolve)
    if (keyword !== undefined) return `has no \`relax\`, and \`${newer.name}\` may hold more than older clients are promised (\`${keyword}\`): make it fit them in \`relax\``
  }
  return undefined
}
