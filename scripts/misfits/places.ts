import { Type } from '@sinclair/typebox'
import { change, endpointAdded, endpointMoved, endpointRemoved, headerChanged, methodChanged, remove, rename, statusChanged, variant } from 'fastify-vintage'
import { derive, misfit, Order, type MisfitCase } from './case.js'

const renamed = rename({ title: 'name' })
const Other = Type.Object({ other: Type.Integer() }, { $id: 'Other' })

/** What is wrong with where changed schemas stand, and with changes of endpoints. */
export const placeCases: readonly MisfitCase[] = [
  misfit('indistinct union members', renamed, 'Order', { 'GET /either 200': Type.Union([Order, Other]) }),
  misfit('a changed schema under `not`', renamed, 'Order', { 'GET /not 200': Type.Object({ x: Type.Unsafe({ not: Order }) }) }),
  misfit('a changed schema in an `allOf` that cannot be merged', renamed, 'Order', { 'GET /all 200': Type.Unsafe({ allOf: [Order, { minProperties: 2 }] }) }),
  misfit('a changed schema in an object whose union brings fields of its own', renamed, 'Order', { 'GET /mixed 200': Type.Object({ x: Type.Unsafe({ properties: { order: Order }, anyOf: [Other, { type: 'null' }] }) }) }),
  {
    wrong: 'a variant that names a field which its older base does not have',
    provoke: () => derive(
      change('tidier', 'Base', rename({ old: 'fresh' })),
      {
        'POST /base body': variant('NewBase', Type.Object({ id: Type.Integer(), fresh: Type.String() }, { $id: 'Base' }), (base) => {
          if (!('fresh' in base.properties)) throw new Error('no `fresh`')
          return Type.Pick(base, ['fresh'])
        })
      },
      [change('no faxes', 'Base', remove({ before: { fax: Type.String() }, value: { fax: '' } }))])
  },
  misfit('an endpoint that moved from nowhere', endpointMoved({ from: '/orders' }), 'GET /orders/:id'),
  misfit('an endpoint that moved to itself', endpointMoved({ from: 'GET /orders/:id' }), 'GET /orders/:id'),
  misfit('an endpoint moved with other parameters', endpointMoved({ from: 'GET /order' }), 'GET /orders/:id'),
  misfit('an endpoint without a route', endpointRemoved(), []),
  misfit('an endpoint that is no route', endpointRemoved(), 'Order'),
  misfit('an endpoint added twice', endpointAdded(), ['GET /orders', 'GET /orders']),
  misfit('an endpoint removed twice', endpointRemoved(), ['GET /orders', 'GET /orders']),
  misfit('a method that is none', methodChanged({ from: 'post' }), 'GET /orders/:id'),
  misfit('a method that stays the same', methodChanged({ from: 'GET' }), 'GET /orders/:id'),
  misfit('a status that is none', statusChanged({ from: 99, to: 200 }), 'GET /orders/:id'),
  misfit('a status that stays the same', statusChanged({ from: 200, to: 200 }), 'GET /orders/:id'),
  misfit('a status without a body, and clients expect one', statusChanged({ from: 200, to: 204 }), 'GET /orders/:id'),
  misfit('a header that is none', headerChanged({ from: 'x total', to: 'x-total' }), 'GET /orders'),
  misfit('a header that stays the same', headerChanged({ from: 'x-total', to: 'X-Total' }), 'GET /orders'),
  misfit('a header that belongs to the message', headerChanged({ from: 'content-length', to: 'x-length' }), 'GET /orders')
]
