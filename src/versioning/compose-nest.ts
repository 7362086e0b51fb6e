import { literalKey, readField, writeField } from './code.js'
import type { Composer } from './compose-object.js'
import type { MoveSides } from './compose-value.js'
import type { FlattenMove, NestMove, NestedField } from './operations/value-moves.js'
import { takeSlot } from './slots.js'

interface Part extends NestedField { readonly value: string, readonly origin: string }

/** Writes fields as the literal of one object; with tests only where the sender may leave some of them out. */
export function composeNest (composer: Composer, move: NestMove, sides: MoveSides): void {
  const { fields } = composer
  const slots = move.fields.map((field) => ({ ...field, slot: takeSlot(fields, field.from) }))
  const parts = slots.map(({ slot, ...field }) => ({ ...field, value: composer.valueAt(slot, sides.write), origin: slot.origin }))
  fields.set(move.into, {
    expression: move.isTotal ? literalOf(parts) : testedNest(composer, move, parts),
    schema: sides.schemaOf(move.into),
    at: sides.write,
    origin: parts.map(({ origin }) => origin).join(', ')
  })
}

function testedNest ({ code, upgrades }: Composer, move: NestMove, given: readonly Part[]): string {
  const parts = given.map((part) => ({ ...part, value: code.local() }))
  for (const [index, { value }] of parts.entries()) code.line(`const ${value} = ${given[index]?.value}`)
  const result = code.local()
  code.line(`let ${result}`)
  code.line(`if (${parts.map(({ value }) => `${value} !== undefined`).join(' || ')}) {`)
  if (move.passesNull) code.line(`if (${parts.map(nullTest).join(' && ')}) ${result} = null\nelse {`)
  const needed = parts.filter(({ isRequired }) => isRequired)
  const missing = needed.map((part) => ({ ...part, test: `${part.value} ${part.isNullable ? '=== undefined' : '== null'}` }))
  if (move.partial !== undefined && missing.length > 0) {
    const list = missing.map(({ origin, test }) => `...(${test} ? [${JSON.stringify(origin)}] : [])`).join(', ')
    code.line(`if (${missing.map(({ test }) => test).join(' || ')}) ${code.bind(move.partial, `error that \`${move.into}\` is incomplete`)}([${list}], ${JSON.stringify(parts.map(({ origin }) => origin))})`)
  }
  code.line(`${result} = ${literalOf(upgrades ? needed : parts)}`)
  // a request must not hold keys that are undefined
  for (const part of upgrades ? parts : []) {
    if (!part.isRequired) code.line(`if (${part.value} ${part.isNullable ? '!== undefined' : '!= null'}) ${writeField(result, part.key, part.value)}`)
  }
  code.line(`${move.passesNull ? '}' : ''}}${move.emptyWhenAbsent ? ` else ${result} = {}` : ''}`)
  return result
}

function nullTest ({ value, isRequired }: Part): string {
  return isRequired ? `${value} === null` : `${value} == null`
}

function literalOf (parts: readonly Part[]): string {
  return `{ ${parts.map(({ key, value }) => `${literalKey(key)}: ${value}`).join(', ')} }`
}

/** Writes the reads of the fields of one object. */
export function composeFlatten (composer: Composer, move: FlattenMove, sides: MoveSides): void {
  const { code, fields, upgrades } = composer
  const slot = takeSlot(fields, move.from)
  const local = code.local()
  code.line(`let ${local} = ${composer.valueAt(slot, sides.read)}`)
  if (!upgrades) code.line(`if (${local} != null && typeof ${local}.toJSON === "function") ${local} = ${local}.toJSON()`)
  // what a step of the same version has written is of that version already
  const at = upgrades ? Math.max(slot.at, sides.read) : Math.min(slot.at, sides.read)
  for (const { key, to, schema } of move.fields) {
    fields.set(to, { expression: `(${local} == null ? ${local} : ${readField(local, key)})`, schema, at, origin: `${slot.origin}.${key}` })
  }
}
