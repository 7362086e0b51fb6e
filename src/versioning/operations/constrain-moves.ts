import { NoLongerAllowedError } from '../../errors.js'
import { withFault } from '../client-fault.js'
import { compileLimits } from '../limit-check.js'
import { schemaAt } from '../json-schema.js'
import { isNullable } from '../schema-type.js'
import { fieldsOf, isOptional, type Field } from './fields.js'
import type { CallMove, Direction, Step } from './operation.js'
import { bindUserFunction, refusePartial } from './user-function.js'
import type { CheckMove } from './value-moves.js'

/** @returns the call that makes fields fit the other side; made for absent fields as well where that side requires one of them */
export function refitCallOf (step: Step, direction: Direction, run: unknown): CallMove {
  const { before, after } = step.operation
  const [from, source, to] = direction === 'upgrade' ? [step.older, before, step.newer] : [step.newer, after, step.older]
  const names = fieldsOf(to).map(({ name }) => name).filter((name) => Object.hasOwn(source, name))
  const given = new Set(fieldsOf(from).filter(({ required }) => required).map(({ name }) => name))
  const admitsNull = (fields: readonly Field[]) => fields.every(({ name, schema }) => !names.includes(name) || isNullable(schema, step.resolve))
  return {
    kind: 'call',
    reads: names,
    writes: names,
    optional: new Set(names.filter((name) => isOptional(schemaAt(source, name)))),
    nullable: new Set(names.filter((name) => isNullable(schemaAt(source, name), step.resolve))),
    passesNull: admitsNull(fieldsOf(from)) && admitsNull(fieldsOf(to)),
    spreadsNull: direction === 'downgrade' && admitsNull(fieldsOf(to)),
    always: fieldsOf(to).some(({ name, required }) => required && names.includes(name) && !given.has(name)),
    ...bindUserFunction(step, direction, run),
    partial: (missing, together) => direction === 'upgrade' ? refusePartial(step, together, missing) : undefined
  }
}

/** @returns the check of an older value against the limits of the newer version */
export function checkMoveOf (step: Step, { name, schema }: Field): CheckMove {
  const problemOf = compileLimits(schema, step.resolve)
  return {
    kind: 'check',
    name,
    run: (value, origin) => {
      const problem = problemOf(value)
      if (problem === undefined) return
      throw withFault(new NoLongerAllowedError(origin, problem, step.version), {
        fields: origin.split(', '),
        absent: [],
        detail: `${problem} since version ${step.version}`,
        isFault: (other) => Object.is(other, value)
      })
    }
  }
}
