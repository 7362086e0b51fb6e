import { Type } from '@sinclair/typebox'
import { change, fieldNames, ref, rename, replace, schemaRemoved, schemaRenamed, schemaSplit, variant } from 'fastify-vintage'
import { derive, misfit, Order, Status, type MisfitCase } from './case.js'

const Invoice = Type.Object({ no: Type.Integer() }, { $id: 'Invoice' })
const invoice = { 'GET /invoice 200': Invoice }
const Person = Type.Object({ first: Type.String(), last: Type.String() }, { $id: 'Person' })
const named = replace({ before: { name: Type.String() }, after: { first: Type.String(), last: Type.String() }, upgrade: () => ({ first: '', last: '' }), downgrade: () => ({ name: '' }) })
const none = () => ({ name: '' })

/** What is wrong with the names of schemas and places, and with references. */
export const nameCases: readonly MisfitCase[] = [
  misfit('an unknown schema', rename({ title: 'name' }), 'Ordr'),
  misfit('an unknown place', rename({ title: 'name' }), 'GET /ordrs 200'),
  misfit('a route without a part', rename({ title: 'name' }), 'GET /orders'),
  misfit('two schemas with one `$id`', rename({ number: 'no' }), 'Invoice', { ...invoice, 'GET /old 200': Type.Object({ no: Type.String() }, { $id: 'Invoice' }) }),
  { wrong: 'a variant of a schema without `$id`', provoke: () => variant('OrderPatch', Type.Object({}), (order) => Type.Partial(order)) },
  misfit('a schema of head inside a fragment', replace({ before: { states: Type.Array(Status) }, after: { name: Type.String() }, upgrade: none })),
  misfit('a reference to an unknown schema', replace({ before: { fax: ref('Fax') }, after: { name: Type.String() }, upgrade: none })),
  misfit('a schema renamed, and the older name is taken', schemaRenamed({ from: 'Order' }), 'Invoice', invoice),
  misfit('a schema renamed to itself', schemaRenamed({ from: 'Order' })),
  misfit('several schemas renamed to one', schemaRenamed({ from: 'Document' }), ['Order', 'Invoice'], invoice),
  misfit('a name given to an unknown schema', schemaRenamed({ from: 'Document' }), 'Ordr'),
  { wrong: 'two changes of one name', provoke: () => derive([change('one', 'Order', schemaRenamed({ from: 'Purchase' })), change('two', 'Order', schemaRenamed({ from: 'Sale' }))]) },
  misfit('a split into one', schemaSplit({ from: 'Document' })),
  misfit('a split into schemas that differed before it', schemaSplit({ from: 'Document' }), ['Order', 'Invoice'], invoice),
  misfit('a removed schema that is still there', schemaRemoved({ schema: Type.Object({}) })),
  misfit('several schemas removed at once', schemaRemoved({ schema: Type.Object({}) }), ['Fax', 'Telex']),
  { wrong: 'a name that only a newer version has', provoke: () => derive(change('renamed', 'Order', schemaRenamed({ from: 'Purchase' })), {}, [change('tidier', 'Order', rename({ title: 'name' }))]) },
  { wrong: 'a name that only an older version has', provoke: () => derive(change('tidier', 'Purchase', rename({ title: 'name' })), {}, [change('renamed', 'Order', schemaRenamed({ from: 'Purchase' }))]) },
  { wrong: 'a schema that only an older version has', provoke: () => derive(change('tidier', 'Fax', rename({ no: 'number' })), {}, [change('gone', 'Fax', schemaRemoved({ schema: Type.Object({}) }))]) },
  { wrong: 'no names of fields', provoke: () => fieldNames('Order', []) },
  { wrong: 'names of fields of an unknown schema', provoke: () => derive([], { 'GET /orders querystring': Type.Object({ sort: fieldNames('Ordr', ['id']) }) }) },
  { wrong: 'the name of an unknown field', provoke: () => derive([], { 'GET /orders querystring': Type.Object({ sort: fieldNames('Order', ['id', 'nme']) }) }) },
  misfit('the name of a field that took the place of several, where one name fits', named, 'Person', { 'GET /people 200': Type.Array(Person), 'GET /people querystring': Type.Object({ sort: fieldNames('Person', ['first', 'last']) }) }),
  misfit('a forgotten twin: `Partial`', rename({ title: 'name' }), 'Order', { 'PATCH /orders/:id body': Type.Partial(Order) }),
  misfit('a forgotten twin: `Omit`', rename({ title: 'name' }), 'Order', { 'PUT /orders/:id body': Type.Omit(Order, ['id']) }),
  misfit('a forgotten twin: an inline body', rename({ title: 'name' }), 'Order', { 'POST /drafts body': Type.Object({ name: Type.String() }) })
]
