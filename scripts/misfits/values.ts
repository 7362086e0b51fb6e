import { Type } from '@sinclair/typebox'
import { constrain, defaultChanged, enveloped, errorCodeChanged, flatten, mapEnum, nest, splitEnum, wrap } from 'fastify-vintage'
import { misfit, Status, type MisfitCase } from './case.js'

const into = ['pending', 'paid']
const Conditional = Type.Object({ status: Type.Union([Type.Literal('pending'), Type.Literal('paid')]) }, { $id: 'Conditional', anyOf: [{ properties: { status: { const: 'paid' } } }, { properties: { status: { const: 'pending' } } }] })
const split = { value: 'open', into, write: 'paid' }

/** What is wrong with changes of values and of the shape around them. */
export const valueCases: readonly MisfitCase[] = [
  misfit('a split into one value', splitEnum({ value: 'open', into: ['paid'] }), 'Status'),
  misfit('a split into unknown values', splitEnum({ value: 'open', into: ['pending', 'done'] }), 'Status'),
  misfit('a split of an unknown field', splitEnum({ field: 'state', ...split })),
  misfit('a split that does not read all of its values as the old one', splitEnum({ value: 'open', into, read: ['paid'] }), 'Status'),
  misfit('a split that writes another value', splitEnum({ value: 'open', into, write: 'open' }), 'Status'),
  misfit('a split without `write` where a request carries the enum', splitEnum({ value: 'open', into }), 'Status'),
  misfit('a split of a filter that holds one value', splitEnum(split), 'Status', { 'GET /orders querystring': Type.Object({ status: Status }) }),
  misfit('a split of a filter without room', splitEnum(split), 'Status', { 'GET /orders querystring': Type.Object({ status: Type.Array(Status, { maxItems: 1 }) }) }),
  misfit('two values mapped to one', mapEnum({ values: { open: 'paid', new: 'paid' } }), 'Status'),
  misfit('a mapping of values that a condition names', mapEnum({ field: 'status', values: { open: 'paid' } }), 'Conditional', { 'GET /conditional 200': Conditional }),
  misfit('a mapping to an unknown value', mapEnum({ values: { open: 'done' } }), 'Status'),
  misfit('nesting into an unknown field', nest({ into: 'place', fields: ['street'] })),
  misfit('nesting into what is no object', nest({ into: 'name', fields: ['first'] })),
  misfit('nesting of an unknown field', nest({ into: 'address', fields: ['street', 'zip'] })),
  misfit('flattening to an unknown field', flatten({ from: 'contact', fields: ['phone'] })),
  misfit('flattening out of a taken name', flatten({ from: 'address', fields: ['name'] })),
  misfit('wrapping in what is no list', wrap({ fields: { title: 'name' } })),
  misfit('wrapping in an unknown field', wrap({ fields: { email: 'mails' } })),
  misfit('limits on one side only', constrain({ before: { name: Type.String() }, after: { note: Type.String() } })),
  misfit('limits that are not those of the schema', constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 10 }) } })),
  misfit('limits that stay the same', constrain({ before: { name: Type.String({ maxLength: 50 }) }, after: { name: Type.String({ maxLength: 50 }) } })),
  misfit('a default that is not that of the schema', defaultChanged({ field: 'note', before: '', after: 'nothing' })),
  misfit('a default that stays the same', defaultChanged({ field: 'note', before: 'none', after: 'none' })),
  misfit('an unknown error code', errorCodeChanged({ codes: { GONE: 'E_MISSING' } }), 'Failure'),
  misfit('an error code changed to itself', errorCodeChanged({ codes: { E_GONE: 'E_GONE' } }), 'Failure'),
  misfit('a page without the list', enveloped({ items: 'rows' }), 'GET /orders 200'),
  misfit('a page whose list is none', enveloped({ items: 'total' }), 'GET /orders 200')
]
