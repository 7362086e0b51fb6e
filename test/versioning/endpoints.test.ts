import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { locationsOf } from '../../src/versioning/endpoints.js'
import { headPlacesOf } from '../../src/versioning/head-places.js'
import { historyOf } from '../../src/versioning/history.js'
import { endpointAdded } from '../../src/versioning/operations/endpoint-added.js'
import { endpointMoved, renamedParams } from '../../src/versioning/operations/endpoint-moved.js'
import { endpointRemoved } from '../../src/versioning/operations/endpoint-removed.js'
import { methodChanged } from '../../src/versioning/operations/method-changed.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { statusChanged } from '../../src/versioning/operations/status-changed.js'
import { responseEditsOf } from '../../src/versioning/response-edits.js'

const history = historyOf({
  '2000-01-01': [],
  '2001-01-01': [
    change('items have a title', 'GET /list/:who 200', rename({ name: 'title' })),
    change('first move', 'GET /lists/:owner', endpointMoved({ from: 'GET /list/:who' }))
  ],
  '2002-01-01': [],
  '2003-01-01': [
    change('second move', 'POST /tmp/:owner', endpointMoved({ from: 'GET /lists/:owner' })),
    change('third move in the same version', 'QUERY /users/:id/lists', endpointMoved({ from: 'POST /tmp/:owner' }))
  ]
})

test('A31 each version answers at its own method and URL, and a version without a place of its own is skipped', (t) => {
  t.strictSame(locationsOf(history, 'QUERY', '/users/:id/lists'), [
    { method: 'QUERY', url: '/users/:id/lists', fromIndex: 3, toIndex: 3 },
    { method: 'GET', url: '/lists/:owner', fromIndex: 1, toIndex: 2 },
    { method: 'GET', url: '/list/:who', fromIndex: 0, toIndex: 0 }
  ])
  t.strictSame(locationsOf(history, 'GET', '/users'), [{ method: 'GET', url: '/users', fromIndex: 0, toIndex: 3 }])
  t.end()
})

test('places in old files keep the names that they had, and parameters are renamed through all moves', (t) => {
  const contracts = deriveContracts(history, {
    schemas: new Map(),
    places: new Map([['QUERY /users/:id/lists 200', Type.Object({ title: Type.String() })]])
  })
  t.strictSame(contracts.shape('QUERY /users/:id/lists 200', 0)?.downgrade({ title: 'a' }), { name: 'a' })
  t.strictSame(contracts.shape('QUERY /users/:id/lists params', 0)?.upgrade({ who: '1' }), { id: '1' })
  t.strictSame(contracts.shape('QUERY /users/:id/lists params', 1)?.upgrade({ owner: '1' }), { id: '1' })
  t.end()
})

test('parameters are paired by name, then by what the move says, then by position', (t) => {
  const pair = (from: string, to: string, params?: Record<string, string>) => renamedParams(endpointMoved(params === undefined ? { from } : { from, params }), to)
  t.strictSame(pair('GET /a/:x/:y', 'GET /b/:x/:y'), {})
  t.strictSame(pair('GET /a/:x/:y', 'GET /b/:y/:x'), {})
  t.strictSame(pair('GET /a/:x/:y', 'GET /b/:y/:z'), { x: 'z' })
  t.strictSame(pair('GET /a/:x/:y', 'GET /b/:v/:w'), { x: 'v', y: 'w' })
  t.strictSame(pair('GET /a/:x/:y', 'GET /b/:v/:w', { v: 'y' }), { y: 'v', x: 'w' })
  t.strictSame(pair('GET /a', 'GET /b'), {})
  t.equal(pair('GET /a/:x', 'GET /b/:x/:y'), null)
  t.equal(pair('GET /a/:x/:y', 'GET /b/:x'), null)
  t.equal(pair('GET /a/:x/:y', 'GET /b/:v/:w', { v: 'x', w: 'x' }), null)
  t.equal(pair('GET /a/:x', 'GET /b/:v', { other: 'x' }), null)
  t.end()
})

test('A31 a route that another endpoint has left begins anew, and one that is not at head answered up to its removal', (t) => {
  const moved = historyOf({ '2000-01-01': [], '2001-01-01': [change('moved', 'GET /b', endpointMoved({ from: 'GET /a' }))], '2002-01-01': [change('gone', 'GET /a', endpointRemoved())] })
  t.strictSame(locationsOf(moved, 'GET', '/a'), [{ method: 'GET', url: '/a', fromIndex: 1, toIndex: 1 }])
  t.strictSame(locationsOf(moved, 'GET', '/b'), [{ method: 'GET', url: '/b', fromIndex: 1, toIndex: 2 }, { method: 'GET', url: '/a', fromIndex: 0, toIndex: 0 }])
  const back = historyOf({ '2000-01-01': [], '2001-01-01': [change('new', 'GET /a', endpointAdded())], '2002-01-01': [change('left', 'GET /b', endpointMoved({ from: 'GET /a' }))], '2003-01-01': [change('anew', 'GET /a', endpointAdded())] })
  t.strictSame(locationsOf(back, 'GET', '/a'), [{ method: 'GET', url: '/a', fromIndex: 3, toIndex: 3 }])
  t.strictSame(locationsOf(back, 'GET', '/b'), [{ method: 'GET', url: '/b', fromIndex: 2, toIndex: 3 }, { method: 'GET', url: '/a', fromIndex: 1, toIndex: 1 }])
  t.end()
})

test('A31 what a version brings and takes away at once no version has', (t) => {
  const never = historyOf({ '2000-01-01': [], '2001-01-01': [change('new', 'GET /a', endpointAdded()), change('gone', 'GET /a', endpointRemoved())] })
  t.strictSame(locationsOf(never, 'GET', '/a'), [])
  t.end()
})

test('places follow statuses, methods and moves to head, from every version', (t) => {
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [change('moved', 'POST /orders', endpointMoved({ from: 'POST /buy' })), change('201', 'POST /orders', statusChanged({ from: 200, to: 201 }))],
    '2002-01-01': [change('PUT', 'PUT /orders', methodChanged({ from: 'POST' })), change('202', 'PUT /orders', statusChanged({ from: 201, to: 202 }))]
  })
  const placesOf = (place: string, index: number, others: readonly string[] = []) => headPlacesOf(history, place, index, (name) => others.includes(name))
  t.strictSame(placesOf('POST /buy 200', 0), ['PUT /orders 202'])
  t.strictSame(placesOf('POST /orders 200', 1), ['PUT /orders 202'], 'the changes of its own version may lie behind it')
  t.strictSame(placesOf('POST /orders 201', 2), ['PUT /orders 202'])
  t.strictSame(placesOf('PUT /orders 202', 2), ['PUT /orders 202'])
  t.strictSame(placesOf('POST /buy 200', 0, ['PUT /orders 200']), ['PUT /orders 202', 'PUT /orders 200'])
  t.strictSame(placesOf('POST /buy 200 application/hal+json', 0), ['PUT /orders 202 application/hal+json'])
  t.strictSame(placesOf('POST /buy body', 0), ['PUT /orders body'])
  t.strictSame(placesOf('GET /buy 200', 0), ['GET /buy 200'])
  t.strictSame(responseEditsOf(history, 'PUT /orders').map((edits) => [...edits?.statuses ?? []]), [[[202, 200], [201, 200]], [[202, 201]], []])
  t.strictSame(responseEditsOf(history, 'GET /orders'), [null, null, null])
  t.end()
})
