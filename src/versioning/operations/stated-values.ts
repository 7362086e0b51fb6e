import type { JsonSchema } from '../json-schema.js'
import { compileLimits } from '../limit-check.js'
import type { Site } from './operation.js'

/**
 * Checks the values that a change states for fields, as far as their types and limits can tell.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for a value that stands for no field of the change, or that its field does not admit
 */
export function checkStatedValues (site: Site, values: ReadonlyMap<string, unknown>, schemas: ReadonlyMap<string, JsonSchema>): void {
  for (const [name, value] of values) {
    const schema = schemas.get(name) ?? site.misfit(`gives \`value.${name}\`, which is no field of the change: correct \`value\``)
    const problem = compileLimits(schema, site.resolve)(value)
    if (problem !== undefined) site.misfit(`gives ${JSON.stringify(value)} as \`value.${name}\`, which ${problem}: correct \`value\``)
  }
}
