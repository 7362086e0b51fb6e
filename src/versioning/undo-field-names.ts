import { MisfitError } from '../errors.js'
import type { Derived } from './derive.js'
import { fieldNamesIn, namesSchema, type FieldNames } from './field-names.js'
import type { JsonSchema } from './json-schema.js'
import { memberSchema } from './member-schema.js'
import { objectIn } from './object-in.js'
import { mapFieldNames, type NameTable } from './operations/map-field-names.js'
import type { States } from './states.js'
import { traceBack } from './trace-back.js'

/**
 * Finds the schemas of names of fields (`sort=created_at`).
 *
 * @returns their keys
 * @throws FST_ERR_VINTAGE_MISFIT for a schema or a field that head does not have
 */
export function unitsOfFieldNames (derived: Derived): readonly string[] {
  return [...derived.units].flatMap(([key, { schema }]) => {
    const about = fieldNamesIn(schema)
    if (about !== undefined) checkNames(derived, about)
    return about === undefined ? [] : [key]
  })
}

/** Gives a schema of names of fields the names that those have before version `index`, once the fields have them. */
export function undoFieldNames (derived: Derived, states: States, key: string, index: number): void {
  const newerSchema = derived.stateOf(key, index)
  const about = fieldNamesIn(newerSchema)
  if (about === undefined) return
  const older: NameTable = new Map(about.names.map((name) => [name, namesBefore(derived, about.schema, name, index)]))
  if (about.names.every((name) => older.get(name)?.join() === name)) return
  const newer = invert(older)
  const operation = mapFieldNames({ newer, older, prefix: about.prefix, separator: about.separator })
  const olderSchema = { ...withoutNames(newerSchema), ...namesSchema({ ...about, names: [...newer.keys()] }) }
  states.setOlder(key, index, olderSchema)
  // whatever is wrong is told of a change of the schema, or of one that it holds
  for (const { change, source, version } of [...derived.stepsOf(about.schema, index), ...derived.bindings.filter((binding) => binding.index === index)].slice(0, 1)) {
    states.addStep(key, { change, source, version, operation, index, follows: true, older: olderSchema, newer: newerSchema, resolve: (one) => derived.resolve(one, index) })
  }
}

function namesBefore (derived: Derived, schema: string, name: string, index: number): readonly string[] {
  const origins = traceBack(derived, schema, name.split('.'), { from: index - 1, to: index, use: 'value' })
  return origins.map(({ path }) => path.filter((part) => part !== '0').join('.'))
}

function invert (older: NameTable): NameTable {
  const newer = new Map<string, string[]>()
  for (const [name, olds] of older) for (const old of olds) newer.set(old, [...newer.get(old) ?? [], name])
  return newer
}

function withoutNames (schema: JsonSchema): JsonSchema {
  const { enum: _, pattern: __, not: ___, ...rest } = schema
  return rest
}

function checkNames (derived: Derived, { schema, names }: FieldNames): void {
  const call = `fieldNames('${schema}', …)`
  if (!derived.units.has(schema)) throw new MisfitError(`${call}: there is no schema \`${schema}\` at head: correct the \`$id\`, or let a route carry it.`)
  const unknown = names.find((name) => !hasField(derived, schema, name.split('.')))
  if (unknown !== undefined) throw new MisfitError(`${call}: \`${schema}\` has no field \`${unknown}\` at head: correct the name.`)
}

function hasField (derived: Derived, schema: string, path: readonly string[]): boolean {
  const found = path.reduce<JsonSchema | undefined>((below, name) => {
    const target = below === undefined ? undefined : objectIn(derived, below, derived.headIndex)
    return target === undefined ? undefined : memberSchema(target, name)
  }, { $ref: schema })
  return found !== undefined
}
