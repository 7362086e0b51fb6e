import { isInternal } from './internal.js'
import { isList, isRecord, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import { holdsDefaults } from './undo-defaults.js'

/** What stands in one schema, at any depth of its own. */
export interface Survey {
  /** keys of all units it refers to */
  readonly refs: ReadonlySet<string>
  /** names of its fields, and its literals (see {@link literalWord}) */
  readonly words: ReadonlySet<string>
  /** has a default that may hold something of another schema, or of its own fields */
  readonly holdsDefaults: boolean
  /** has an internal field */
  readonly holdsInternal: boolean
}

/** @returns what stands in a schema; found in one walk and kept, since neighbouring versions mostly share the very same schema */
export type Surveyor = (schema: JsonSchema) => Survey

/** Opens an empty memory of surveys. */
export function createSurveyor (): Surveyor {
  const known = new WeakMap<JsonSchema, Survey>()
  return (schema) => {
    const found = known.get(schema)
    if (found !== undefined) return found
    const made = surveySchema(schema)
    known.set(schema, made)
    return made
  }
}

/** @returns how a literal stands among the words of a survey */
export function literalWord (literal: unknown): string {
  return `= ${JSON.stringify(literal)}`
}

function surveySchema (schema: JsonSchema): Survey {
  const refs = new Set<string>()
  const words = new Set<string>()
  let hasDefaults = false
  let hasInternal = false
  const visit = (below: JsonSchema) => {
    const ref = refOf(below)
    if (ref !== undefined) refs.add(ref)
    if (isRecord(below.properties)) for (const name of Object.keys(below.properties)) words.add(name)
    hasDefaults ||= 'default' in below
    hasInternal ||= isInternal(below)
    if ('const' in below) words.add(literalWord(below.const))
    if (isList(below.enum)) for (const literal of below.enum) words.add(literalWord(literal))
    for (const { schema: next } of subschemasOf(below)) visit(next)
  }
  visit(schema)
  return { refs, words, holdsDefaults: hasDefaults && holdsDefaults(schema), holdsInternal: hasInternal }
}
