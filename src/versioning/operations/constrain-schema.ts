import { branchesOf, isRecord, schemaAt, type JsonSchema } from '../json-schema.js'
import { compileLimits } from '../limit-check.js'
import { sameContent } from '../limits.js'
import { differenceOf } from '../schema-type.js'
import { fieldsOf, isOptional, withFields, type Field } from './fields.js'
import type { Site } from './operation.js'

/** Puts the older limits of fields in the place of the newer ones. */
export function undoConstrain (newer: JsonSchema, site: Site, hasFunctions: boolean): JsonSchema {
  const names = Object.keys(site.after)
  checkFragments(site, names)
  const fields = fieldsOf(newer)
  const found = fields.filter(({ name }) => names.includes(name))
  if (found.length === 0 && site.follows) return newer
  const lost = names.filter((name) => !found.some((field) => field.name === name))
  // without functions each field is on its own
  if (lost.length > 0 && (hasFunctions || !site.follows)) site.misfit(`constrains ${lost.map((name) => `\`${name}\``).join(', ')}, but there is no such field: correct \`after\`, or the schema; a variant has all of these fields or none`)
  const restored = new Map(found.map((field) => [field.name, site.follows ? follow(field, site) : undoField(field, site)]))
  return found.every((field) => restored.get(field.name) === field) ? newer : withFields(newer, fields.map((field) => restored.get(field.name) ?? field))
}

function checkFragments (site: Site, names: readonly string[]): void {
  if (names.length === 0) site.misfit('constrains nothing: give fields in `before` and `after`')
  const alone = [...names, ...Object.keys(site.before)].find((name) => !(Object.hasOwn(site.before, name) && Object.hasOwn(site.after, name)))
  if (alone !== undefined) site.misfit(`has \`${alone}\` on one side only: \`before\` and \`after\` are the same fields; use \`rename\`, \`add\`, \`remove\` or \`replace\` for others`)
  for (const name of names) {
    const [before, after] = [schemaAt(site.before, name), schemaAt(site.after, name)]
    const path = differenceOf(before, after, site.resolve)
    if (path !== undefined) site.misfit(`\`before.${name}${path}\` is of another type than \`after.${name}${path}\`: use \`replace\` for a change of type`)
    if (sameContent(before, after) && isOptional(before) === isOptional(after)) site.misfit(`\`${name}\` is the same on both sides: leave it out, or correct \`before\``)
  }
}

function undoField (field: Field, site: Site): Field {
  const { name, schema, required } = field
  const after = schemaAt(site.after, name)
  const path = differenceOf(after, schema, site.resolve)
  if (path !== undefined) site.misfit(`\`after.${name}${path}\` is of another type than the schema has at this version: correct the fragment, or write a change for the difference`)
  if (!isSame(after, schema, site)) site.misfit(`\`after.${name}\` has other limits than the schema has at this version (${JSON.stringify(schema)}): correct the fragment, or write a change for the difference`)
  if (isOptional(after) === required) site.misfit(`\`${name}\` is ${required ? 'required' : 'optional'} at this version, and \`after.${name}\` says otherwise: ${required ? 'leave `Type.Optional` out' : 'write it as `Type.Optional(…)`'}, or correct the schema`)
  const before = schemaAt(site.before, name)
  return { name, schema: withNotes(before, schema, site), required: !isOptional(before) }
}

/** What a variant made of the field: the older limits where it has the newer ones, and as `make` leaves it where that is optional. */
function follow (field: Field, site: Site): Field {
  const { name, schema } = field
  const undone = substitute(schema, schemaAt(site.after, name), schemaAt(site.before, name), site)
  const required = site.remade(name)?.required ?? field.required
  return undone === undefined && required === field.required ? field : { name, schema: undone ?? schema, required }
}

function substitute (schema: JsonSchema, after: JsonSchema, before: JsonSchema, site: Site): JsonSchema | undefined {
  if (isSame(after, schema, site)) return withNotes(before, schema, site)
  const branches = branchesOf(schema)
  if (branches !== undefined) {
    const undone = branches.map((branch) => substitute(branch, after, before, site))
    if (undone.every((branch) => branch === undefined)) return undefined
    return { ...schema, [schema.oneOf === undefined ? 'anyOf' : 'oneOf']: undone.map((branch, index) => branch ?? branches[index]) }
  }
  const items = isRecord(schema.items) ? substitute(schema.items, after, before, site) : undefined
  return items === undefined ? undefined : { ...schema, items }
}

function isSame (fragment: JsonSchema, schema: JsonSchema, site: Site): boolean {
  return sameContent(fragment, schema) || sameContent(site.resolve(fragment), site.resolve(schema))
}

/** The fragment, with what the newer schema says beside its limits; a default only where the older limits admit it. */
function withNotes (before: JsonSchema, newer: JsonSchema, site: Site): JsonSchema {
  const { title, description, examples, default: initial } = newer
  const notes = Object.entries({ title, description, examples, default: initial === undefined || compileLimits(before, site.resolve)(initial) === undefined ? initial : undefined })
  return { ...Object.fromEntries(notes.filter(([, note]) => note !== undefined)), ...Object.fromEntries(Object.entries(before)) }
}
