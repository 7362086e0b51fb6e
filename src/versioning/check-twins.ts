import { isDeepStrictEqual } from 'node:util'
import { isPlace, type Binding } from './bindings.js'
import { roleOf } from './check-directions.js'
import type { Derived } from './derive.js'
import { literalsOf, propertiesOf, refOf, schemaAt, subschemasOf, type JsonSchema } from './json-schema.js'
import { sameContent } from './limits.js'
import type { Step } from './operations/operation.js'
import { differenceOf } from './schema-type.js'
import { literalWord } from './survey.js'

/**
 * Looks for schemas that still have what a change made, with the same types, although the change did not reach them:
 * what `Type.Partial`, `Type.Omit` and copying leave behind. Fields that a `replace` or `flatten` makes belong together;
 * every other field counts on its own; one whose limits changed is found by the very same limits; an enum is a twin when it has all values that one was split into.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for a forgotten twin that the change does not name in `except`
 */
export function checkTwins (derived: Derived): void {
  const holdersOf = indexWords(derived, reachableKeys(derived))
  for (const binding of derived.bindings) {
    for (const trace of tracesOf(binding, derived)) {
      for (const key of holdersOf(trace.words)) findTwin(derived, binding, trace, key)
    }
  }
}

function findTwin (derived: Derived, binding: Binding, trace: Trace, key: string): void {
  const name = derived.names.labelOf(key, binding.index)
  if (binding.change.except?.includes(name) === true) return
  const steps = derived.stepsOf(key, binding.index)
  visitSchemas(derived.stateOf(key, binding.index), (schema, path, isOfRoot) => {
    if (!trace.isTwin(schema) || ((trace.anywhere || isOfRoot) && steps.some(trace.isReached))) return
    binding.misfit(twinMessage(name, path, trace.what))
  })
}

/** @returns for some words, the keys of the schemas in which all of them stand in some version */
function indexWords (derived: Derived, keys: Iterable<string>): (words: readonly string[]) => readonly string[] {
  const holders = new Map<string, Set<string>>()
  for (const key of keys) {
    if (isPlace(key) && roleOf(key).use === 'filter') continue
    for (const state of derived.statesOf(key)) {
      for (const word of derived.survey(state).words) holders.set(word, (holders.get(word) ?? new Set()).add(key))
    }
  }
  return ([first, ...others]) => [...holders.get(String(first)) ?? []].filter((key) => others.every((word) => holders.get(word)?.has(key) === true))
}

/** What a change leaves to be recognised by. */
interface Trace {
  readonly what: string
  /** words of the survey of every twin */
  readonly words: readonly string[]
  /** one change reaches all of a unit, not only its root */
  readonly anywhere: boolean
  isTwin (schema: JsonSchema): boolean
  isReached (step: Step): boolean
}

function tracesOf (binding: Binding, derived: Derived): Trace[] {
  const { operation, targets: [target], index } = binding
  // a change of one place is meant for that place alone
  if (target === undefined || isPlace(target)) return []
  const resolve = (schema: JsonSchema) => derived.resolve(schema, index)
  const { makes } = operation
  if (makes !== undefined) return [enumTrace(makes, operation.touches()[0], resolve)]
  const fields = changedFields(binding, target, derived)
  if (operation.recognisedBy === 'content') return fields.filter(([, schema]) => saysMoreThanType(schema)).map((field) => contentTrace(field))
  const together = operation.kind === 'replace' || operation.recognisedBy === 'all'
  const groups = together && fields.length > 0 ? [fields] : fields.map((field) => [field])
  return groups.map((group) => fieldTrace(group, resolve))
}

function enumTrace (values: readonly string[], field: string | undefined, resolve: (schema: JsonSchema) => JsonSchema): Trace {
  const hasAll = (schema: JsonSchema) => {
    const literals = literalsOf(schema)
    return literals !== undefined && values.every((value) => literals.includes(value))
  }
  return {
    what: `the values ${values.map((value) => `\`${value}\``).join(', ')}`,
    words: field === undefined ? values.map(literalWord) : [field],
    anywhere: true,
    isTwin: (schema) => field === undefined ? hasAll(schema) : hasAll(resolve(schemaAt(propertiesOf(schema), field))),
    isReached: ({ operation }) => operation.makes !== undefined
  }
}

function fieldTrace (fields: ReadonlyArray<[string, JsonSchema]>, resolve: (schema: JsonSchema) => JsonSchema): Trace {
  return {
    what: fields.map(([name]) => `\`${name}\``).join(', '),
    words: fields.map(([name]) => name),
    anywhere: false,
    isTwin: (schema) => fields.every(([name, field]) => {
      const twin = propertiesOf(schema)[name]
      return twin !== undefined && differenceOf(field, twin, resolve) === undefined
    }),
    isReached: ({ operation }) => operation.touches().some((name) => fields.some(([field]) => field === name))
  }
}

/** A field whose limits or default changed: a copy has the very same ones. */
function contentTrace ([name, field]: [string, JsonSchema]): Trace {
  return {
    what: `\`${name}\` with the same limits and default`,
    words: [name],
    anywhere: false,
    isTwin: (schema) => {
      const twin = propertiesOf(schema)[name]
      return twin !== undefined && sameContent(twin, field) && isDeepStrictEqual(twin.default, field.default)
    },
    isReached: ({ operation }) => operation.touches().includes(name)
  }
}

// half of all APIs have a text of the same name
function saysMoreThanType (schema: JsonSchema): boolean {
  return Object.keys(schema).some((keyword) => keyword !== 'type' && keyword !== 'title' && keyword !== 'description')
}

/** Places, and what they refer to: a schema that no route carries is nobody's contract. */
function reachableKeys (derived: Derived): ReadonlySet<string> {
  const reachable = new Set([...derived.units.keys()].filter(isPlace))
  // the set grows while it is walked
  for (const key of reachable) for (const ref of derived.survey(derived.stateOf(key, derived.headIndex)).refs) if (derived.units.has(ref)) reachable.add(ref)
  return reachable
}

function changedFields ({ operation, index }: Binding, target: string, derived: Derived): Array<[string, JsonSchema]> {
  const names = operation.touches()
  return derived.stepsOf(target, index)
    .filter((step) => step.operation === operation)
    .flatMap(({ newer }) => Object.entries(propertiesOf(newer)))
    .filter(([name]) => names.includes(name))
}

// what stands below these describes the same value
const ofSameValue = new Set(['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', 'dependentSchemas'])

function visitSchemas (schema: JsonSchema, visit: (schema: JsonSchema, path: string, isOfRoot: boolean) => void, path = '', isOfRoot = true): void {
  if (refOf(schema) !== undefined) return
  visit(schema, path, isOfRoot)
  for (const { keyword, schema: below } of subschemasOf(schema)) visitSchemas(below, visit, `${path}/${keyword}`, isOfRoot && ofSameValue.has(keyword))
}

function twinMessage (name: string, path: string, what: string): string {
  const where = path === '' ? `\`${name}\`` : `\`${name}\` (at ${path})`
  return `forgotten twin: ${where} has ${what} as well, and the change does not reach it: make it with \`variant\`, give it an \`$id\` and name it as a target, or list \`${name}\` in the change's \`except\``
}
