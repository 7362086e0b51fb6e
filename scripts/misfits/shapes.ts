import { Type } from '@sinclair/typebox'
import { enveloped, flatten, nest, wrap } from 'fastify-vintage'
import { misfit, type MisfitCase } from './case.js'

const Conditional = Type.Object({ street: Type.Optional(Type.String()), emails: Type.Optional(Type.Array(Type.String())), address: Type.Optional(Type.Object({ city: Type.String() })) }, { $id: 'Conditional', anyOf: [{ required: ['street'] }, { required: ['emails'] }, { required: ['address'] }] })
const conditional = { 'GET /conditional 200': Conditional }

/** What is wrong with changes of the shape around values. */
export const shapeCases: readonly MisfitCase[] = [
  misfit('nesting of nothing', nest({ into: 'address', fields: [] })),
  misfit('nesting into an unknown field', nest({ into: 'place', fields: ['street'] })),
  misfit('nesting into what is no object', nest({ into: 'name', fields: ['first'] })),
  misfit('nesting of an unknown field', nest({ into: 'address', fields: ['street', 'zip'] })),
  misfit('nesting of two fields as one', nest({ into: 'address', fields: { road: 'street', lane: 'street' } })),
  misfit('nesting beside a taken name', nest({ into: 'address', fields: { name: 'street' } })),
  misfit('nesting into a field that a condition names', nest({ into: 'address', fields: ['city'] }), 'Conditional', conditional),
  misfit('nesting without a field that requests need', nest({ into: 'address', fields: ['street'] })),
  misfit('flattening of nothing', flatten({ from: 'contact', fields: [] })),
  misfit('flattening to an unknown field', flatten({ from: 'contact', fields: ['phone'] })),
  misfit('flattening out of a taken name', flatten({ from: 'address', fields: ['name'] })),
  misfit('flattening of two fields to one', flatten({ from: 'contact', fields: { first: 'name', last: 'name' } })),
  misfit('flattening to a field that a condition names', flatten({ from: 'place', fields: ['street'] }), 'Conditional', conditional),
  misfit('wrapping of nothing', wrap({ fields: {} })),
  misfit('wrapping in what is no list', wrap({ fields: { title: 'name' } })),
  misfit('wrapping in an unknown field', wrap({ fields: { email: 'mails' } })),
  misfit('wrapping of two fields in one', wrap({ fields: { email: 'emails', mail: 'emails' } })),
  misfit('wrapping of a taken name', wrap({ fields: { name: 'emails' } })),
  misfit('wrapping in a field that a condition names', wrap({ fields: { email: 'emails' } }), 'Conditional', conditional),
  misfit('an empty value of an unknown field', wrap({ fields: { email: 'emails' }, empty: { mail: null } })),
  misfit('an empty value of another type', wrap({ fields: { email: 'emails' }, empty: { email: 0 } })),
  misfit('a page without the list', enveloped({ items: 'rows' }), 'GET /orders 200'),
  misfit('a page whose list is none', enveloped({ items: 'total' }), 'GET /orders 200'),
  misfit('a page with an unknown field', enveloped({ items: 'data', after: { pages: Type.Integer() } }), 'GET /orders 200'),
  misfit('a page with a field of another type', enveloped({ items: 'data', after: { total: Type.String() } }), 'GET /orders 200'),
  misfit('a page in a request without what it requires', enveloped({ items: 'data' }), 'POST /batch body', { 'POST /batch body': Type.Object({ data: Type.Array(Type.String()), source: Type.String() }) }),
  misfit('a page in a request without what it has a default for', enveloped({ items: 'data' }), 'POST /batch body', { 'POST /batch body': Type.Object({ data: Type.Array(Type.String()), source: Type.Optional(Type.String({ default: 'api' })) }) })
]
