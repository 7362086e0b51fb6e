import { Type } from '@sinclair/typebox'
import { constrain, defaultChanged, errorCodeChanged, mapEnum, splitEnum } from 'fastify-vintage'
import { misfit, Status, type MisfitCase } from './case.js'

const into = ['pending', 'paid']
const [Short, Long] = [Type.String({ maxLength: 10 }), Type.String({ maxLength: 50 })]
const Name = Type.Optional(Type.String({ maxLength: 50 }))
const Conditional = Type.Object({ status: Type.Union([Type.Literal('pending'), Type.Literal('paid')]) }, { $id: 'Conditional', anyOf: [{ properties: { status: { const: 'paid' } } }, { properties: { status: { const: 'pending' } } }] })
const split = { value: 'open', into, write: 'paid' }

/** What is wrong with changes of values, and of what a field may hold. */
export const valueCases: readonly MisfitCase[] = [
  misfit('a split into one value', splitEnum({ value: 'open', into: ['paid'] }), 'Status'),
  misfit('a split into unknown values', splitEnum({ value: 'open', into: ['pending', 'done'] }), 'Status'),
  misfit('a split of an unknown field', splitEnum({ field: 'state', ...split })),
  misfit('a split that does not read all of its values as the old one', splitEnum({ value: 'open', into, read: ['paid'] }), 'Status'),
  misfit('a split that writes another value', splitEnum({ value: 'open', into, write: 'open' }), 'Status'),
  misfit('a split without `write` where a request carries the enum', splitEnum({ value: 'open', into }), 'Status'),
  misfit('a split of a filter that holds one value', splitEnum(split), 'Status', { 'GET /orders querystring': Type.Object({ status: Status }) }),
  misfit('a split of a filter without room', splitEnum(split), 'Status', { 'GET /orders querystring': Type.Object({ status: Type.Array(Status, { maxItems: 1 }) }) }),
  misfit('a split that finds other values in a filter', splitEnum({ value: 'open', into, filter: ['done'] }), 'Status'),
  misfit('a split of a field without these values', splitEnum({ field: 'name', ...split })),
  misfit('a mapping of nothing', mapEnum({ values: {} }), 'Status'),
  misfit('a value mapped to itself', mapEnum({ values: { paid: 'paid' } }), 'Status'),
  misfit('two values mapped to one', mapEnum({ values: { open: 'paid', new: 'paid' } }), 'Status'),
  misfit('a mapping of values that a condition names', mapEnum({ field: 'status', values: { open: 'paid' } }), 'Conditional', { 'GET /conditional 200': Conditional }),
  misfit('a mapping to an unknown value', mapEnum({ values: { open: 'done' } }), 'Status'),
  misfit('limits of nothing', constrain({ before: {}, after: {} })),
  misfit('limits of an unknown field', constrain({ before: { label: Short }, after: { label: Long } })),
  misfit('limits on one side only', constrain({ before: { name: Type.String() }, after: { note: Type.String() } })),
  misfit('limits that are not those of the schema', constrain({ before: { name: Type.String() }, after: { name: Short } })),
  misfit('limits that stay the same', constrain({ before: { name: Long }, after: { name: Long } })),
  misfit('limits of another type on each side', constrain({ before: { name: Type.Integer() }, after: { name: Long } })),
  misfit('limits of an optional field which is required', constrain({ before: { name: Type.String() }, after: { name: Type.Optional(Long) } })),
  misfit('limits of a required field which is optional', constrain({ before: { note: Type.String({ maxLength: 5 }) }, after: { note: Type.String({ default: 'none' }) } })),
  misfit('a field required since, without `fit`', constrain({ before: { name: Name }, after: { name: Long } })),
  misfit('a field optional since, without `relax`', constrain({ before: { nick: Long }, after: { nick: Name } }), 'Nick', { 'GET /nick 200': Type.Object({ nick: Name }, { $id: 'Nick' }) }),
  misfit('wider limits without `relax`', constrain({ before: { name: Short }, after: { name: Long } })),
  misfit('a default without the older one', defaultChanged({ field: 'note', before: undefined, after: 'none' })),
  misfit('a default of an unknown field', defaultChanged({ field: 'remark', before: '' })),
  misfit('a default of another type', defaultChanged({ field: 'note', before: 1, after: 'none' })),
  misfit('a default that is not that of the schema', defaultChanged({ field: 'note', before: '', after: 'nothing' })),
  misfit('a default that stays the same', defaultChanged({ field: 'note', before: 'none', after: 'none' })),
  misfit('no error code', errorCodeChanged({ codes: {} }), 'Failure'),
  misfit('error codes in an unknown field', errorCodeChanged({ field: 'error', codes: { GONE: 'E_GONE' } }), 'Failure'),
  misfit('two error codes changed to one', errorCodeChanged({ codes: { GONE: 'E_GONE', LOST: 'E_GONE' } }), 'Failure'),
  misfit('an unknown error code', errorCodeChanged({ codes: { GONE: 'E_MISSING' } }), 'Failure'),
  misfit('an error code changed to itself', errorCodeChanged({ codes: { E_GONE: 'E_GONE' } }), 'Failure')
]
