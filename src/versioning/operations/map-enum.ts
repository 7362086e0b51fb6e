import type { JsonSchema } from '../json-schema.js'
import { undoFieldValues, undoValues, type EnumHistory } from './enum-values.js'
import { sampleOf } from './fields.js'
import type { Move, SchemaOperation, Site } from './operation.js'
import { translate } from './value-moves.js'

/** What {@link mapEnum} is told. */
export interface MapEnumSpec {
  /** the field that holds the values, when the target is an object; left out when the target is the enum's own `$id` */
  readonly field?: string
  /** old value → new value, one to one; two values may be swapped */
  readonly values: Readonly<Record<string, string>>
}

/**
 * Gives values of an enum other names: in bodies, responses, filters and defaults.
 *
 * @example change('`canceled` is now `cancelled`', 'OrderStatus', mapEnum({ values: { canceled: 'cancelled' } }))
 */
export function mapEnum (spec: MapEnumSpec): SchemaOperation {
  const { field } = spec
  const pairs = Object.entries(spec.values)
  const [newer, older] = [new Map<unknown, unknown>(pairs), new Map<unknown, unknown>(pairs.map(([old, fresh]) => [fresh, old]))]
  const newValues = pairs.map(([, fresh]) => fresh)
  const history = { older, fits: (literals: readonly unknown[]) => fits(literals, newer, older) }
  const values = { enum: newValues }
  return {
    kind: 'map-enum',
    before: {},
    after: {},
    sample: () => field === undefined ? values : sampleOf({ [field]: values }),
    touches: () => field === undefined ? [] : [field],
    makes: newValues,
    undo: (newer, site) => undoMapEnum(newer, site, spec, history),
    moves: (_, direction) => [moveOf(field, direction === 'upgrade' ? newer : older)],
    lacks: () => undefined
  }
}

function moveOf (field: string | undefined, table: ReadonlyMap<unknown, unknown>): Move {
  if (field !== undefined) return { kind: 'translate', name: field, table }
  const run = (value: unknown) => translate(value, table)
  return { kind: 'map-value', run, expand: (value) => [run(value)] }
}

/** All new values are there, and an old one only where it is a new one as well. */
function fits (literals: readonly unknown[], newer: ReadonlyMap<unknown, unknown>, older: ReadonlyMap<unknown, unknown>): boolean {
  return [...older.keys()].every((value) => literals.includes(value)) && [...newer.keys()].every((value) => older.has(value) || !literals.includes(value))
}

function undoMapEnum (newer: JsonSchema, site: Site, { field, values }: MapEnumSpec, history: EnumHistory): JsonSchema {
  const pairs = Object.entries(values)
  const [oldValues, newValues] = [pairs.map(([old]) => old), pairs.map(([, fresh]) => fresh)]
  const same = pairs.find(([old, fresh]) => old === fresh)
  if (pairs.length === 0 || same !== undefined) site.misfit(same === undefined ? 'maps no value: give old and new values in `values`' : `maps \`${same[0]}\` to itself: leave it out of \`values\``)
  const twice = newValues.find((value, index) => newValues.indexOf(value) !== index)
  if (twice !== undefined) site.misfit(`maps two values to \`${twice}\`, so that nobody could say which of them it was: map one to one, or use \`splitEnum\` where one value became several`)
  const needs = (what: string) => `needs [${newValues.join(', ')}] among ${what}, and [${oldValues.filter((value) => !newValues.includes(value)).join(', ')}] not`
  if (field !== undefined) return undoFieldValues(newer, field, site, history, { verb: 'maps values of', needs })
  return undoValues(newer, site, history) ?? site.misfit(`${needs('the values of the enum')}: correct the values, or name the \`field\` of an object`)
}
