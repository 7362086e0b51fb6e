import { MisfitError } from '../errors.js'
import type { Shape } from '../versioning/contracts.js'
import type { VersionHistory } from '../versioning/history.js'
import { mapSubschemas, refOf, type JsonSchema } from '../versioning/json-schema.js'
import type { Compilers } from './compilers.js'
import type { PartShape } from './route-conversion.js'

/**
 * Makes sure that the request validators of the older versions compile, so that a version file that ajv refuses stops the
 * start and not a request. What is new in them are the fragments: those are compiled, in one go; only where that
 * fails, the shapes themselves, to see which of them is at fault.
 * @throws FST_ERR_VINTAGE_MISFIT for a shape that does not compile
 */
export function compileEarly (history: VersionHistory, partsOf: () => readonly PartShape[], compilers: Compilers): void {
  const fragments = fragmentsOf(history)
  if (fragments.length === 0 || compilers.accepts({ type: 'object', properties: Object.fromEntries(fragments.map((fragment, index) => [`f${index}`, fragment])) })) return
  // a shape is named by the first place that has it
  const places = new Map<Shape, string>(partsOf().toReversed().map(({ shape, place }) => [shape, place]))
  for (const [shape, place] of places) {
    try {
      for (const step of compilers.warm(shape, 'request')) step()
    } catch (cause) {
      throw new MisfitError(`The schema of \`${place}\` in version ${shape.version} cannot be compiled: ${String(cause)}. Correct the fragments of the changes that lead there, or the app's ajv options.`, { cause })
    }
  }
}

/** All schemas that version files bring, each once; what they refer to is of head, or among them. */
function fragmentsOf (history: VersionHistory): JsonSchema[] {
  const fragments = history.versions.flatMap((version) => history.changesOf(version)).flatMap(({ operation }) => {
    if (operation.kind === 'schema-removed') return [withoutNames(operation.schema)]
    return 'before' in operation ? Object.values(operation.before).map(withoutNames) : []
  })
  return [...new Map(fragments.map((fragment) => [JSON.stringify(fragment), fragment])).values()]
}

function withoutNames (schema: JsonSchema): JsonSchema {
  if (refOf(schema) !== undefined) return {}
  const { $id: _, ...rest } = mapSubschemas(schema, withoutNames)
  return rest
}
