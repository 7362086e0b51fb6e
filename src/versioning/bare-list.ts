import { isList, isObjectSchema, type JsonSchema } from './json-schema.js'
import type { Step } from './operations/operation.js'

/** Where a list stands among the fields while it is no object's field: a name that no schema of an API gives to one. */
export const bareList = '\0list'

/** @returns whether steps lead from a bare list to a page, or back */
export function hasEnvelope (steps: readonly Step[]): boolean {
  return steps.some(({ operation }) => operation.kind === 'enveloped')
}

/** @returns an object schema as it is; any other as the schema of an object that holds such a value as its bare list */
export function asObjectSchema (schema: JsonSchema): JsonSchema {
  return isObjectSchema(schema) ? schema : { type: 'object', additionalProperties: false, required: [bareList], properties: { [bareList]: schema } }
}

/** @returns a step whose mappings of a whole value are mappings of the bare list */
export function onBareList (step: Step): Step {
  const { operation } = step
  return {
    ...step,
    operation: {
      ...operation,
      moves: (bound, direction, use) => operation.moves(bound, direction, use).map((move) => move.kind === 'map-value' ? { kind: 'map', name: bareList, run: move.run } : move)
    }
  }
}

/** Converts a list to a page or back, by a conversion of objects. */
export function throughEnvelope (from: JsonSchema, to: JsonSchema, value: unknown, convert: (from: JsonSchema, to: JsonSchema, value: unknown) => unknown): unknown {
  const [source, target] = [asObjectSchema(from), asObjectSchema(to)]
  const isBare = source !== from
  if (isBare ? !isList(value) : typeof value !== 'object' || value === null) return value
  const result = convert(source, target, isBare ? { [bareList]: value } : value)
  return target === to || typeof result !== 'object' || result === null ? result : Reflect.get(result, bareList)
}
