import type { FieldNames } from '../field-names.js'
import type { Direction, SchemaOperation } from './operation.js'

/** Names of one version by those of another that stand for the same field. */
export type NameTable = ReadonlyMap<string, readonly string[]>

/** How one version names fields and how the next one does. */
export interface RenamedNames extends Pick<FieldNames, 'prefix' | 'separator'> {
  /** old name → new names */
  readonly newer: NameTable
  /** new name → old names */
  readonly older: NameTable
}

/** Brings values that name fields to another version; made for each version in which one of the fields changes. */
export function mapFieldNames (renamed: RenamedNames): SchemaOperation {
  const { newer, older, separator } = renamed
  const expandAt = (direction: Direction) => (value: unknown): readonly unknown[] => typeof value === 'string' ? namesAt(value, renamed, direction) : [value]
  return {
    kind: 'field-names',
    before: {},
    after: {},
    lossy: { why: 'several old fields are one new field' },
    sample: () => ({ type: 'string' }),
    touches: () => [],
    undo: (schema) => schema,
    moves: (_, direction) => {
      const expand = expandAt(direction)
      return [{ kind: 'map-value', run: (value) => expand(value)[0], expand }]
    },
    lacks: (_, direction, use, room) => {
      const several = direction === 'downgrade' || separator !== '' || (use === 'filter' && room >= older.size) ? undefined : [...newer].find(([, names]) => names.length > 1)
      return several && `makes [${several[1].join(', ')}] of \`${several[0]}\`, which a value that names fields may name, but it holds one name only: give \`fieldNames\` a \`separator\`, or make it a list with room for ${older.size}`
    }
  }
}

/** @returns what a value is in the other version: one value where a separator joins names, else one for each name */
function namesAt (value: string, { newer, older, prefix, separator }: RenamedNames, direction: Direction): readonly string[] {
  const table = direction === 'upgrade' ? newer : older
  const given = separator === '' ? [value] : value.split(separator)
  const seen = new Set<string>()
  const names = given.flatMap((one) => {
    const [sign, name] = prefix !== '' && one.startsWith(prefix) ? [prefix, one.slice(prefix.length)] : ['', one]
    // the first of two that have become the same says which way round
    return (table.get(name) ?? []).filter((other) => !seen.has(other) && seen.add(other)).map((other) => sign + other)
  })
  return separator === '' || names.length === 0 ? names : [names.join(separator)]
}
