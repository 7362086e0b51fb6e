import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { checkEndpoints } from '../../src/versioning/check-endpoints.js'
import { historyOf } from '../../src/versioning/history.js'
import { endpointAdded } from '../../src/versioning/operations/endpoint-added.js'
import { endpointMoved } from '../../src/versioning/operations/endpoint-moved.js'
import { endpointRemoved } from '../../src/versioning/operations/endpoint-removed.js'
import type { EndpointOperation } from '../../src/versioning/operations/endpoint-operation.js'
import { headerChanged } from '../../src/versioning/operations/header-changed.js'
import { methodChanged } from '../../src/versioning/operations/method-changed.js'
import { statusChanged } from '../../src/versioning/operations/status-changed.js'

const check = (...steps: Array<[string | string[], EndpointOperation]>) => () => {
  const versions = steps.map(([target, operation], index) => [`${2001 + index}-01-01`, change(`change ${index + 1}`, target, operation)])
  checkEndpoints(historyOf({ '2000-01-01': [], ...Object.fromEntries(versions) }))
}

test('A16 a change of an endpoint that says nothing, or nothing that can be, is refused with its remedy', async (t) => {
  const refused: Array<[EndpointOperation, string | string[], string]> = [
    [endpointAdded(), [], 'it names no route: give method and URL, such as `GET /users/:id`, as its target'],
    [endpointAdded(), 'User', '`User` is no route: write method and URL, such as `GET /users/:id`'],
    [endpointRemoved(), 'GET /users 200', '`GET /users 200` is no route: write method and URL, such as `GET /users/:id`'],
    [endpointMoved({ from: '/users' }), 'GET /b', '`/users` is no route: write method and URL, such as `GET /users/:id`'],
    [endpointMoved({ from: 'GET /b' }), 'GET /b', 'moves `GET /b` to itself: give the route of the older version in `from`'],
    [methodChanged({ from: 'post' }), 'PUT /b', '`post` is no method: write `from` in capitals, such as `POST`'],
    [methodChanged({ from: 'PUT' }), 'PUT /b', 'the method is `PUT` on both sides: give that of the older version in `from`'],
    [statusChanged({ from: 200, to: 200 }), 'GET /b', 'the status is 200 on both sides: give that of the older version in `from`'],
    [statusChanged({ from: 100, to: 200 }), 'GET /b', '`100` is no status that a handler answers with: write an integer from 200 to 599, and not 304'],
    [statusChanged({ from: 200, to: 304 }), 'GET /b', '`304` is no status that a handler answers with: write an integer from 200 to 599, and not 304'],
    [statusChanged({ from: 200, to: 201.5 }), 'GET /b', '`201.5` is no status that a handler answers with: write an integer from 200 to 599, and not 304'],
    [statusChanged({ from: 200, to: 600 }), 'GET /b', '`600` is no status that a handler answers with: write an integer from 200 to 599, and not 304'],
    [statusChanged({ from: 200, to: 204 }), 'GET /b', '204 has no body, and clients of 200 expect one: keep 200, or add the new answer as another endpoint'],
    [headerChanged({ from: 'X Total', to: 'X-Total' }), 'GET /b', '`X Total` is no name of a header: write letters, digits and hyphens, such as `x-total`'],
    [headerChanged({ from: 'X-Total', to: 'x-total' }), 'GET /b', 'the header is `X-Total` on both sides, case does not count: give the name of the older version in `from`'],
    ...['Vary', 'cache-control', 'ETag', 'Content-Language', 'set-cookie'].map((name): [EndpointOperation, string, string] =>
      [headerChanged({ from: 'X-Old', to: name }), 'GET /b', `\`${name}\` belongs to the message, whatever its version: it cannot have another name`])
  ]
  for (const [operation, target, problem] of refused) {
    t.throws(check([target, operation]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "change 1" (2001-01-01) does not fit: ${problem}.` }, problem)
  }
})

test('A16 an endpoint is added where none is, and taken away or moved where one is', async (t) => {
  const [added, removed] = [endpointAdded(), endpointRemoved()]
  t.throws(check(['GET /a', removed], ['GET /a', removed]), { message: /"change 2" \(2002-01-01\) does not fit: `GET \/a` is gone since 2001-01-01: correct the route, or say with `endpointAdded\(\)` when it came back\.$/ })
  t.throws(check(['GET /a', added], ['GET /a', added]), { message: /`GET \/a` is there since 2001-01-01 already: correct the route, or say with `endpointRemoved\(\)` when it went\.$/ })
  t.throws(check(['GET /a', removed], ['GET /b', endpointMoved({ from: 'GET /a' })]), { message: /`GET \/a` is gone since 2001-01-01/ })
  t.throws(check(['GET /b', added], ['GET /b', endpointMoved({ from: 'GET /a' })]), { message: /`GET \/b` is there since 2001-01-01 already/ })
  t.throws(check(['GET /b', endpointMoved({ from: 'GET /a' })], ['GET /a', removed]), { message: /`GET \/a` is gone since 2001-01-01/ })
  t.throws(check(['PUT /a', methodChanged({ from: 'POST' })], ['POST /a', removed]), { message: /`POST \/a` is gone/ })
  t.doesNotThrow(check(['GET /a', removed], ['GET /a', added], ['GET /a', removed], ['GET /a', added]))
  t.doesNotThrow(check(['GET /b', endpointMoved({ from: 'GET /a' })], ['GET /a', added], ['GET /a', removed], ['GET /a', endpointMoved({ from: 'GET /b' })]))
  t.doesNotThrow(check(['GET /b', statusChanged({ from: 204, to: 200 })], ['GET /b', headerChanged({ from: 'X-Total', to: 'X-Count' })]))
})
