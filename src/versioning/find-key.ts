import { AmbiguousSchemaError, UnknownSchemaError } from '../errors.js'
import { isPlace } from './bindings.js'
import type { Derived } from './derive.js'

/**
 * Finds the schema that a name stands for where a value of version `from` is to be brought to version `to`: names are as
 * of the version of the value; a name that it does not have is taken as of the other one.
 *
 * @throws FST_ERR_VINTAGE_UNKNOWN_SCHEMA for a name that neither version has, or a schema that one of them does not have
 * @throws FST_ERR_VINTAGE_AMBIGUOUS_SCHEMA for a schema that has been split between the two
 */
export function findKey ({ names, units, versions }: Derived, name: string, from: number, to: number): string {
  if (isPlace(name) && units.has(name)) return name
  const [version, other] = [String(versions[from]), String(versions[to])]
  const own = names.keysOf(name, from)
  const keys = own.length > 0 ? own : names.keysOf(name, to)
  const [key] = keys
  const known = () => listNames(names.namesAt(from))
  if (key === undefined) throw new UnknownSchemaError(name, version, known())
  const [there, back] = [names.nameOf(key, to), names.nameOf(key, from)]
  if (there === undefined || back === undefined) throw new UnknownSchemaError(name, there === undefined ? other : version, known())
  const further = [...new Set(keys.map((one) => String(names.nameOf(one, to))))]
  if (further.length > 1) throw new AmbiguousSchemaError(name, version, listNames(further))
  return key
}

function listNames (names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ')
}
