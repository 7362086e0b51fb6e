import { literalKey, readField, type Code } from './code.js'
import type { Composer } from './compose-object.js'
import { needsJsonForm, toJsonForm } from './json-form.js'
import type { JsonSchema } from './json-schema.js'
import { lookFor } from './load-context.js'
import type { CallMove } from './operations/operation.js'
import { takeSlot, type Slot } from './slots.js'

/** The two sides of a call: version indexes, and schemas of what is written. */
export interface CallSides {
  readonly read: number
  readonly write: number
  readonly resolve: (schema: JsonSchema) => JsonSchema
  schemaOf (name: string): JsonSchema
}

/** Writes the call of a version file's function: not made when all it reads is absent, null passed by, part of it refused. */
export function composeCall (composer: Composer, move: CallMove, sides: CallSides): void {
  const { code, fields } = composer
  const slots = move.reads.map((name) => ({ name, slot: takeSlot(fields, name) }))
  const reads = slots.map(({ name, slot }) => ({ name, origin: slot.origin, local: readInto(composer, slot, sides) }))
  const together = reads.map(({ origin }) => origin)
  const result = code.local()
  code.line(`let ${result}`)
  code.line(`if (${reads.map(({ local }) => `${local} !== undefined`).join(' || ')}) {`)
  const needed = reads.filter(({ name }) => !move.optional.has(name))
  const nullTests = nullTestsOf(move, reads, needed)
  if (nullTests.length > 0) code.line(`if (${nullTests.join(' || ')}) ${result} = ${code.bind(nulls(move.writes))}\nelse {`)
  const missing = needed.map(({ name, origin, local }) => ({ origin, test: `${local} ${move.nullable.has(name) ? '=== undefined' : '== null'}` }))
  const input = `{ ${reads.map(({ name, local }) => `${literalKey(name)}: ${move.optional.has(name) && !move.nullable.has(name) ? `${local} ?? undefined` : local}`).join(', ')} }`
  const call = callOf(code, move, result, input)
  if (missing.length > 0) {
    const list = missing.map(({ origin, test }) => `...(${test} ? [${JSON.stringify(origin)}] : [])`).join(', ')
    code.line(`if (${missing.map(({ test }) => test).join(' || ')}) ${code.bind(move.partial)}([${list}], ${code.bind(together)})\nelse ${call}`)
  } else code.line(call)
  code.line(nullTests.length > 0 ? '}}' : '}')
  for (const name of move.writes) {
    fields.set(name, { expression: `(${result} === undefined ? undefined : ${readField(result, name)})`, schema: sides.schemaOf(name), at: sides.write, origin: together.join(', ') })
  }
}

function callOf (code: Code, { load, run }: CallMove, result: string, input: string): string {
  if (load === undefined) return `${result} = ${code.bind(run)}(${input})`
  const [fields, loaded] = [code.local(), code.local()]
  return `{ const ${fields} = ${input}, ${loaded} = ${code.bind(lookFor)}(${code.bind(load)}, ${fields}, context)\nif (${loaded} !== undefined) ${result} = ${code.bind(run)}(${fields}, ${loaded}.value) }`
}

interface Read { readonly name: string, readonly local: string }

/** @returns the tests for which all that is written is null, without a call */
function nullTestsOf (move: CallMove, reads: readonly Read[], needed: readonly Read[]): string[] {
  const isNull = ({ local }: Read) => `${local} === null`
  return [
    ...move.passesNull ? [reads.map(isNull).join(' && ')] : [],
    ...move.spreadsNull ? needed.filter(({ name }) => !move.nullable.has(name)).map(isNull) : []
  ]
}

function readInto (composer: Composer, slot: Slot, sides: CallSides): string {
  const { code } = composer
  const local = code.local()
  code.line(`let ${local} = ${composer.valueAt(slot, sides.read)}`)
  if (composer.upgrades) return local
  const initial = sides.resolve(slot.schema).default
  if (initial !== undefined) code.line(`if (${local} === undefined) ${local} = ${code.bind(initial)}`)
  const toJson = code.bind((value: unknown) => toJsonForm(value, slot.schema, sides.resolve))
  code.line(`if (${needsJsonForm(local, slot.schema, sides.resolve)}) ${local} = ${toJson}(${local})`)
  return local
}

function nulls (names: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(names.map((name) => [name, null]))
}
