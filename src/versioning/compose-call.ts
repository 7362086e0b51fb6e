import { literalKey, readField, writeField, type Code } from './code.js'
import { composeJsonForm } from './compose-json-form.js'
import type { Composer } from './compose-object.js'
import type { JsonSchema } from './json-schema.js'
import { lookFor } from './load-context.js'
import type { CallMove } from './operations/operation.js'
import { takeSlot, type Slot } from './slots.js'

/** The two sides of a call: version indexes, and schemas of what is written. */
export interface CallSides {
  readonly read: number
  readonly write: number
  /** the file of the change */
  readonly source: string
  readonly resolve: (schema: JsonSchema) => JsonSchema
  schemaOf (name: string): JsonSchema
}

/** Writes the call of a version file's function: not made when all it reads is absent, null passed by, part of it refused. */
export function composeCall (composer: Composer, move: CallMove, sides: CallSides): void {
  const { code, fields } = composer
  const slots = move.reads.map((name) => ({ name, slot: takeSlot(fields, name) }))
  const reads = slots.map(({ name, slot }) => ({ name, origin: slot.origin, local: readInto(composer, slot, sides) }))
  const together = reads.map(({ origin }) => origin)
  const writes = move.writes.map((name) => ({ name, local: code.local() }))
  for (const { local } of writes) code.line(`let ${local}`)
  code.line(move.always === true ? '{' : `if (${reads.map(({ local }) => `${local} !== undefined`).join(' || ')}) {`)
  const needed = reads.filter(({ name }) => !move.optional.has(name))
  const nullTests = nullTestsOf(move, reads, needed)
  if (nullTests.length > 0) code.line(`if (${nullTests.join(' || ')}) { ${writes.map(({ local }) => `${local} = null`).join('; ')} } else`)
  const missing = needed.map(({ name, origin, local }) => ({ origin, test: `${local} ${move.nullable.has(name) ? '=== undefined' : '== null'}` }))
  if (missing.length > 0) {
    const list = missing.map(({ origin, test }) => `...(${test} ? [${JSON.stringify(origin)}] : [])`).join(', ')
    code.line(`if (${missing.map(({ test }) => test).join(' || ')}) ${code.bind(move.partial, 'what becomes of part of the fields')}([${list}], ${JSON.stringify(together)})\nelse`)
  }
  composeRun(code, move, reads, writes, sides.source)
  code.line('}')
  for (const { name, local } of writes) {
    fields.set(name, { expression: local, schema: sides.schemaOf(name), at: sides.write, origin: together.join(', ') })
  }
}

/** Writes the call itself as a block: the function is called straight, what it throws or returns is checked on the spot. */
function composeRun (code: Code, move: CallMove, reads: readonly Read[], writes: readonly Read[], source: string): void {
  const { load, direct } = move
  const result = code.local()
  const needed = reads.filter(({ name }) => !move.optional.has(name))
  const literal = `{ ${needed.map(({ name, local }) => `${literalKey(name)}: ${local}`).join(', ')} }`
  code.line('{')
  const input = needed.length === reads.length ? literal : composeInput(code, move, literal, reads)
  const take = writes.map(({ name, local }) => `${local} = ${readField(result, name)}`).join('; ')
  const callWith = (given: string) => `let ${result}
try { ${result} = ${code.bind(direct.call, `function of ${source}`)}(${given}) } catch (error) { ${code.bind(direct.threw, 'error that names the change')}(error) }
if (${result} === null || typeof ${result} !== "object" || typeof ${result}.then === "function" || Array.isArray(${result})) ${code.bind(direct.returnedWrongly, 'error that names the change')}()
${take}`
  if (load === undefined) {
    code.line(`${callWith(input)} }`)
    return
  }
  const [fields, loaded] = [code.local(), code.local()]
  code.line(`const ${fields} = ${input}, ${loaded} = ${code.bind(lookFor, 'look-up')}(${code.bind(load, `\`load\` of ${source}`)}, ${fields}, context)`)
  code.line(`if (${loaded} !== undefined) { ${callWith(`${fields}, ${loaded}.value`)} } }`)
}

/** What is absent is no key of what a function is given, as in JSON. */
function composeInput (code: Code, move: CallMove, literal: string, reads: readonly Read[]): string {
  const input = code.local()
  code.line(`const ${input} = ${literal}`)
  for (const { name, local } of reads) {
    if (move.optional.has(name)) code.line(`if (${local} ${move.nullable.has(name) ? '!== undefined' : '!= null'}) ${writeField(input, name, local)}`)
  }
  return input
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
  const initial = slot.schema.default ?? sides.resolve(slot.schema).default
  if (initial !== undefined) code.line(`if (${local} === undefined) ${local} = ${code.bind(initial, 'default')}`)
  composeJsonForm(code, local, slot.schema, sides.resolve)
  return local
}
