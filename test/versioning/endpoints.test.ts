import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { locationsOf } from '../../src/versioning/endpoints.js'
import { historyOf } from '../../src/versioning/history.js'
import { endpointMoved, renamedParams } from '../../src/versioning/operations/endpoint-moved.js'
import { rename } from '../../src/versioning/operations/rename.js'

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
