import { isRecord } from '../versioning/json-schema.js'
import { isSchemaOperation, type SchemaOperation } from '../versioning/operations/operation.js'
import type { VersionHistory } from '../versioning/history.js'

/** Tells bodies that may hold a shape of head from those that cannot, where there is no schema to say so. */
export interface HeadNames {
  /**
   * Whether the JSON of a body holds a name, or a value of an enum, that a change after a version has made.
   * @param index the version of the client
   */
  foundIn (body: unknown, index: number): boolean
}

/** Collects, for each version, the names and values that the changes after it have made. */
export function collectHeadNames (history: VersionHistory): HeadNames {
  const testsByVersion = history.versions.map((_, index) => {
    const operations = history.versions.slice(index + 1).flatMap((version) => history.changesOf(version).map(({ operation }) => operation)).filter(isSchemaOperation)
    const [names, values] = [new Set(operations.flatMap(namesOf)), new Set(operations.flatMap(({ makes = [] }) => makes))]
    return (key: string, value: unknown) => names.has(key) || (typeof value === 'string' && values.has(value))
  })
  return {
    foundIn (body, index) {
      const test = testsByVersion[index]
      return test !== undefined && someInJson(body, test)
    }
  }
}

// an operation that makes values of an enum leaves the field its name
function namesOf (operation: SchemaOperation): readonly string[] {
  return operation.makes === undefined ? operation.touches() : []
}

/** Tells whether a test holds for a key or value of the JSON that a value becomes. */
export function someInJson (body: unknown, test: (key: string, value: unknown) => boolean): boolean {
  let found = false
  // the replacer meets exactly what is written, after `toJSON`
  JSON.stringify(body, (key, value: unknown) => {
    found ||= test(key, value)
    return found ? undefined : value
  })
  return found
}

const errorKeys = new Set(['statusCode', 'code', 'error', 'message'])

/** Tells whether a body is an error as Fastify itself writes it, which is the same in all versions. */
export function isPlainError (body: unknown): boolean {
  return isRecord(body) && typeof body.message === 'string' &&
    Object.entries(body).every(([key, value]) => errorKeys.has(key) && (typeof value === 'string' || typeof value === 'number'))
}
