import { propertiesOf, type JsonSchema } from '../json-schema.js'
import { isNullable } from '../schema-type.js'
import { fieldsOf } from './fields.js'
import { objectIn } from './nested-object.js'
import type { Direction, Step } from './operation.js'
import { refusePartial } from './user-function.js'
import type { FlattenMove, NestMove } from './value-moves.js'

/** One field on both sides: its name beside the object, and its key in it. */
export interface BesideAndKey { readonly beside: string, readonly key: string }

/** @returns how fields of one side of a step become the fields of the object `into` on the other side */
export function nestMoveOf (step: Step, direction: Direction, into: string, names: readonly BesideAndKey[]): NestMove {
  const upgrades = direction === 'upgrade'
  const [from, to] = upgrades ? [step.older, step.newer] : [step.newer, step.older]
  const object = objectIn(to, into, step.resolve)
  const inner = new Map(fieldsOf(object.schema).map((field) => [field.name, field]))
  const sent = new Map(fieldsOf(from).map((field) => [field.name, field]))
  const fields = names.flatMap(({ beside, key }) => {
    const field = inner.get(key)
    return field === undefined ? [] : [{ from: beside, key, isRequired: field.required, isNullable: isNullable(field.schema, step.resolve) }]
  }).sort((a, b) => Number(b.isRequired) - Number(a.isRequired))
  const isSure = fields.every(({ from: name, isNullable: admitsNull }) => {
    const field = sent.get(name)
    return field !== undefined && field.required && (admitsNull || !isNullable(field.schema, step.resolve))
  })
  return {
    kind: 'nest',
    into,
    fields,
    // a response holds what the handler gave: absent keys do no harm there
    isTotal: !object.isNullable && (upgrades ? isSure : object.isRequired),
    emptyWhenAbsent: upgrades && object.isRequired && fields.every(({ isRequired }) => !isRequired),
    passesNull: object.isNullable,
    partial: upgrades ? (missing, together) => refusePartial(step, together, missing) : undefined
  }
}

/** @returns how the fields of the object `from` come to stand beside it; `schema` is that of the side that is read */
export function flattenMoveOf (schema: JsonSchema, from: string, names: readonly BesideAndKey[], { resolve }: Step): FlattenMove {
  const inner = propertiesOf(objectIn(schema, from, resolve).schema)
  return {
    kind: 'flatten',
    from,
    fields: names.flatMap(({ beside, key }) => {
      const below = inner[key]
      return below === undefined ? [] : [{ key, to: beside, schema: below }]
    })
  }
}
