import { literalOf } from './code.js'
import { composeFlatten, composeNest } from './compose-nest.js'
import type { Composer } from './compose-object.js'
import type { JsonSchema } from './json-schema.js'
import { translate, type TranslateMove, type UnwrapMove, type ValueOperationMove, type WrapMove } from './operations/value-moves.js'
import { takeSlot } from './slots.js'

/** The two sides of a move: version indexes, and schemas of what is written. */
export interface MoveSides {
  readonly read: number
  readonly write: number
  schemaOf (name: string): JsonSchema
}

/** Writes what an operation on values does: literals, property reads and conditions, without a call where that can be. */
export function composeValueMove (composer: Composer, move: ValueOperationMove, sides: MoveSides): void {
  const { code } = composer
  switch (move.kind) {
    case 'nest': return composeNest(composer, move, sides)
    case 'flatten': return composeFlatten(composer, move, sides)
    case 'wrap': return composeWrap(composer, move, sides)
    case 'unwrap': return composeUnwrap(composer, move, sides)
    case 'translate': return composeOnLocal(composer, move.name, sides, sides.read, (local) => translation(composer, move, local))
    case 'default':
      return composeOnLocal(composer, move.name, sides, sides.write, (local) => `(${local} === undefined ? ${literalOf(code, move.value)} : ${local})`)
    case 'check':
      return composeOnLocal(composer, move.name, sides, sides.write, (local, origin) => {
        code.line(`if (${local} !== undefined) ${code.bind(move.run, `limits of \`${move.name}\``)}(${local}, ${JSON.stringify(origin)})`)
        return local
      })
  }
}

/** Reads a field into a local variable, and puts an expression made of that in its place. */
function composeOnLocal (composer: Composer, name: string, sides: MoveSides, at: number, expressionOf: (local: string, origin: string) => string): void {
  const { code, fields } = composer
  const slot = takeSlot(fields, name)
  const local = code.local()
  code.line(`const ${local} = ${composer.valueAt(slot, at)}`)
  fields.set(name, { expression: expressionOf(local, slot.origin), schema: sides.schemaOf(name), at: sides.write, origin: slot.origin })
}

/** Up to so many values are told apart by comparisons; beyond, a table is quicker. */
const COMPARISONS = 8

function translation ({ code }: Composer, { name, table }: TranslateMove, local: string): string {
  const lists = `typeof ${local} === "object" ? ${code.bind((value: unknown) => translate(value, table), `values of \`${name}\``)}(${local})`
  if (table.size > COMPARISONS || ![...table].flat().every(isText)) {
    const bound = code.bind(table, `values of \`${name}\``)
    return `(${lists} : ${bound}.has(${local}) ? ${bound}.get(${local}) : ${local})`
  }
  const comparisons = [...table].map(([from, to]) => `${local} === ${JSON.stringify(from)} ? ${JSON.stringify(to)} : `)
  return `(${comparisons.join('')}${lists} : ${local})`
}

function isText (value: unknown): boolean {
  return typeof value === 'string'
}

function composeWrap (composer: Composer, move: WrapMove, sides: MoveSides): void {
  const { code, fields } = composer
  const slot = takeSlot(fields, move.from)
  const local = code.local()
  code.line(`const ${local} = ${composer.valueAt(slot, sides.write)}`)
  const tests = [
    `${local} === undefined ? ${move.emptyWhenAbsent ? '[]' : 'undefined'}`,
    ...move.empty === undefined ? [] : [`${local} === ${literalOf(code, move.empty)} ? []`],
    ...move.passesNull ? [`${local} === null ? null`] : []
  ]
  fields.set(move.to, { expression: `(${tests.join(' : ')} : [${local}])`, schema: sides.schemaOf(move.to), at: sides.write, origin: slot.origin })
}

function composeUnwrap (composer: Composer, move: UnwrapMove, sides: MoveSides): void {
  const { code, fields } = composer
  const slot = takeSlot(fields, move.from)
  const local = code.local()
  code.line(`const ${local} = ${composer.valueAt(slot, sides.read)}`)
  // only downgrades unwrap; what a step of the same version has written is of that version already
  const at = Math.min(slot.at, sides.read)
  const empty = move.empty === undefined ? 'undefined' : literalOf(code, move.empty)
  fields.set(move.to, { expression: `(Array.isArray(${local}) ? ${local}.length === 0 ? ${empty} : ${local}[0] : ${local})`, schema: move.items, at, origin: slot.origin })
}
