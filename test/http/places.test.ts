import t from 'tap'
import { placesOf } from '../../src/http/places.js'

const schema = { type: 'object' }

t.test('the places of a route are its parts and its statuses', async (t) => {
  const places = placesOf('POST /users', { params: schema, body: schema, querystring: schema, headers: schema, response: { 200: schema, '4XX': schema, default: schema } })
  t.same(places.request.map(({ part, place }) => [part, place]), [
    ['params', 'POST /users params'], ['body', 'POST /users body'], ['querystring', 'POST /users querystring'], ['headers', 'POST /users headers']
  ])
  t.same(places.responses.map(({ status, place }) => [status, place]), [['200', 'POST /users 200'], ['4xx', 'POST /users 4xx'], ['default', 'POST /users default']])
})

t.test('a route without schemas has its path parameters as a place all the same', async (t) => {
  t.same(placesOf('GET /users', undefined), { request: [{ part: 'params', mediaType: null, place: 'GET /users params', schema: null }], responses: [] })
  t.same(placesOf('GET /users', {}).responses, [])
})

t.test('JSON media types are places, others only tell that there is a schema', async (t) => {
  const content = { 'application/json': { schema }, 'application/hal+json': { schema }, '*/*': { schema }, 'text/csv': { schema }, 'text/plain': { schema: true }, 'text/html': null }
  const places = placesOf('POST /users', { body: { content }, response: { 200: { content } } })
  t.same(places.request.slice(1).map(({ mediaType, place }) => [mediaType, place]), [
    ['application/json', 'POST /users body'], ['application/hal+json', 'POST /users body application/hal+json'], ['*/*', 'POST /users body */*']
  ])
  t.same(places.responses.map(({ mediaType, place }) => [mediaType, place]), [
    ['application/json', 'POST /users 200'], ['application/hal+json', 'POST /users 200 application/hal+json'], ['*/*', 'POST /users 200 */*'], ['text/csv', null]
  ])
})

t.test('a schema that is no object is no place', async (t) => {
  t.same(placesOf('POST /users', { body: true, querystring: false, response: { 200: true } }).request.map(({ part }) => part), ['params'])
})
