import { Type } from '@sinclair/typebox'
import { behaviour, change, endpointMoved, endpointRemoved, rename, replace } from 'fastify-vintage'
import { Order, Status, type MisfitCase } from './case.js'
import { start } from './start.js'

const sized = replace({ before: { limit: Type.String({ pattern: '(' }) }, after: { size: Type.Integer() }, upgrade: ({ limit }) => ({ size: Number(limit) }) })
const checks = behaviour('checks-size', 'large files are refused')
const moved = (from: string) => [change('orders, please', 'GET /orders', endpointMoved({ from }))]

/** What only the app as a whole shows. */
export const appCases: readonly MisfitCase[] = [
  { wrong: 'a behaviour without a proper name', provoke: () => start([behaviour('Checks Size', 'large files are refused')], ({ route }) => route('/orders', Order)) },
  { wrong: 'a behaviour twice', provoke: () => start([checks, behaviour('checks-size', 'small ones too')], ({ route }) => route('/orders', Order)) },
  { wrong: 'uncovered routes, all at once', provoke: () => start([], ({ route }) => { route('/orders'); route('/users'); route('/covered', Order) }) },
  { wrong: 'two scopes with one `$id` for two schemas', provoke: () => start([], ({ scope }) => { scope('/a', Status); scope('/b', Type.String({ $id: 'Status' })) }) },
  { wrong: 'a header written with capitals', provoke: () => start([change('tidier', 'GET /orders headers', rename({ 'X-Old': 'x-new' }))], ({ route }) => route('/orders', Order, { headers: Type.Object({ 'x-new': Type.String() }) })) },
  { wrong: 'a schema of an older version that does not compile', provoke: () => start([change('sizes are numbers', 'GET /orders querystring', sized)], ({ route }) => route('/orders', Order, { querystring: Type.Object({ size: Type.Integer() }) })) },
  { wrong: 'an endpoint that moved to an unknown route', provoke: () => start(moved('GET /purchases'), ({ route }) => route('/ordrs', Order)) },
  { wrong: 'a removed endpoint without a handler for older clients', provoke: () => start([change('no orders', 'GET /orders', endpointRemoved())], () => undefined) },
  { wrong: 'a former route that the router refuses', provoke: () => start(moved('FETCH /orders'), ({ route }) => route('/orders', Order)) },
  { wrong: 'two endpoints of one version at one URL', provoke: () => start([], ({ route }) => { route('/orders/:id', Order, {}, { config: { vintage: { until: '2025-01-01' } } }); route('/orders/:no', Order) }) },
  { wrong: 'two endpoints at one URL with a `pin`', provoke: () => start(moved('GET /purchases'), ({ route }) => { route('/orders', Order); route('/purchases', Order) }, { pin: () => undefined }) }
]
