import type { RawRequest } from './raw-request.js'

const json = { 'content-type': 'application/json' }
const gets = (folder: string, names: readonly string[]): RawRequest[] => names.map((name) => ({ name: `GET ${folder}/${name}`, url: `/${folder}/${name}` }))
const post = (name: string, body: string | Buffer, headers: Record<string, string> = json, url = `/inputs/${name.split(' ')[0]}`): RawRequest => ({ name: `POST ${name}`, method: 'POST', url, body, headers })

const answers = gets('answers', [
  'thing', 'callback', 'later', 'no-schema', 'list', 'default', 'uncovered', '204', '204-body', '304', 'null', 'undefined', 'empty', 'text', 'html',
  'json-text', 'vendor-json', 'latin', 'number', 'boolean', 'buffer', 'typed-array', 'stream', 'json-stream', 'web-stream', 'response', 'events', 'hijacked', 'trailers', 'redirect',
  'range', 'long', 'compress', 'compress-stream', 'content-map', 'cookies', 'vary', 'vary-all', 'own-serializer', 'serialize', 'serializer-compiler', 'changed-by-hook',
  '', 'files/a/b%20c', '12', 'host', '%E0%A4%A', `files/${'x'.repeat(200)}`, `${'1'.repeat(60)}`
])

const failures = gets('failures', [
  'thrown', 'status', 'sent', 'code', 'sync', 'not-an-error', 'unserialisable', 'circular', 'stream', 'payload-type', 'not-found', 'twice', 'slow', 'on-request', 'pre-parsing', 'pre-validation',
  'pre-handler', 'pre-serialization', 'on-send', 'refused', 'early', 'limited', 'route-handler', 'throwing-handler', 'scoped/thrown', 'scoped/unserialisable', 'nowhere', 'lost/here', 'lost/nowhere'
])

const heads: RawRequest[] = ['answers/thing', 'answers/204', 'answers/null', 'answers/stream', 'answers/json-text', 'answers/only-head', 'answers/no-head', 'answers/long', 'failures/thrown', 'nowhere', 'etag/object']
  .map((path) => ({ name: `HEAD ${path}`, method: 'HEAD', url: `/${path}` }))

const inputs: RawRequest[] = [
  post('body valid', '{"id":1}'),
  post('body coerced', '{"id":"7","name":5}'),
  post('body invalid', '{"id":"x"}'),
  post('body null', 'null'),
  post('body list', '[]'),
  post('body malformed', '{"id":'),
  post('body of prototypes', '{"id":1,"__proto__":{"a":1}}'),
  post('body empty', ''),
  post('body charset', '{"id":1}', { 'content-type': 'application/json; charset=utf-8' }),
  post('body of an unknown type', 'x', { 'content-type': 'application/x-nothing' }),
  post('body of no valid type', '{"id":1}', { 'content-type': 'no type at all' }),
  post('body without a type', '{"id":1}', {}),
  post('body too long', `{"id":1,"name":"${'x'.repeat(5000)}"}`),
  { ...post('body in chunks', '{"id":1}'), chunked: true },
  { ...post('body in chunks too long', `{"id":1,"name":"${'x'.repeat(5000)}"}`), chunked: true },
  { name: 'POST body absent', method: 'POST', url: '/inputs/body' },
  post('small', '{"id":1234567890}'),
  post('echo false', 'false'),
  post('echo zero', '0'),
  post('echo text', 'hello', { 'content-type': 'text/plain' }),
  post('echo upper', 'hello', { 'content-type': 'application/x-upper' }),
  post('echo bytes', Buffer.from([1, 2, 3]), { 'content-type': 'application/octet-stream' }),
  post('any type', 'hello', { 'content-type': 'application/x-nothing' }, '/inputs/any'),
  post('attach valid', '{"id":1}'),
  post('attach invalid', '{"id":"x"}'),
  post('formatted', '{"id":"x"}'),
  post('content-map json', '{"id":1}'),
  post('content-map text', 'hello', { 'content-type': 'text/plain' }),
  post('content-map short text', 'h', { 'content-type': 'text/plain' }),
  post('validator', '{"id":1}'),
  post('validator refuses', '{"id":2}'),
  post('multipart', '--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b--\r\n', { 'content-type': 'multipart/form-data; boundary=b' }),
  post('scoped refusal', '{"a":"x"}', json, '/failures/scoped/body'),
  { name: 'PUT body', method: 'PUT', url: '/inputs/body', body: '{"id":1}', headers: json },
  { name: 'DELETE body', method: 'DELETE', url: '/inputs/body', body: '{"id":1}', headers: json },
  { name: 'PROPFIND', method: 'PROPFIND', url: '/inputs/found', body: '{"id":1}', headers: json },
  { name: 'GET query', url: '/inputs/query?page=2&tags=a&tags=b' },
  { name: 'GET query default', url: '/inputs/query' },
  { name: 'GET query invalid', url: '/inputs/query?page=two' },
  { name: 'GET params', url: '/inputs/params/5/x%2Fy' },
  { name: 'GET params invalid', url: '/inputs/params/five/x' },
  { name: 'GET headers', url: '/inputs/headers', headers: { 'X-COUNT': '5' } },
  { name: 'GET headers invalid', url: '/inputs/headers' }
]

const others: RawRequest[] = [
  ...['gzip', 'br', 'deflate', 'identity', 'nothing'].map((coding) => ({ name: `GET long as ${coding}`, url: '/answers/long', headers: { 'accept-encoding': coding } })),
  ...['compress', 'compress-stream', 'stream', 'thing', 'range'].map((path) => ({ name: `GET ${path} as gzip`, url: `/answers/${path}`, headers: { 'accept-encoding': 'gzip' } })),
  { name: 'GET a range', url: '/answers/range', headers: { range: 'bytes=10-19' } },
  { name: 'GET a range compressed', url: '/answers/range', headers: { range: 'bytes=10-19', 'accept-encoding': 'gzip' } },
  { name: 'GET csv', url: '/answers/content-map', headers: { accept: 'text/csv' } },
  { name: 'GET from another origin', url: '/answers/thing', headers: { origin: 'https://shop.example' } },
  { name: 'GET vary from another origin', url: '/answers/vary', headers: { origin: 'https://shop.example' } },
  { name: 'OPTIONS as preflight', method: 'OPTIONS', url: '/answers/no-schema', headers: { origin: 'https://shop.example', 'access-control-request-method': 'PUT' } },
  { name: 'OPTIONS of a route', method: 'OPTIONS', url: '/answers/thing' },
  { name: 'PUT thing', method: 'PUT', url: '/answers/thing' },
  { name: 'DELETE thing', method: 'DELETE', url: '/answers/thing' },
  { name: 'PATCH where there is none', method: 'PATCH', url: '/answers/thing' },
  { name: 'GET by host', url: '/answers/host', headers: { host: 'b.example' } },
  { name: 'GET rewritten', url: '/rewritten/thing' },
  { name: 'GET with a query nobody reads', url: '/answers/thing?a=1&a=2#c' },
  { name: 'GET over HTTP 1.0', url: '/answers/thing', protocol: 'HTTP/1.0' },
  { name: 'GET a stream over HTTP 1.0', url: '/answers/stream', protocol: 'HTTP/1.0' },
  { name: 'an unknown method', method: 'BREW', url: '/answers/thing' },
  { name: 'GET etag', url: '/etag/object' },
  { name: 'GET etag of text', url: '/etag/text' },
  { name: 'GET etag that is known', url: '/etag/own', headers: { 'if-none-match': '"mine"' } },
  { name: 'GET etag that is not known', url: '/etag/object', headers: { 'if-none-match': '"other"' } },
  { name: 'GET weak etag', url: '/etag/own', headers: { 'if-none-match': 'W/"mine"' } }
]

/** The matrix: at least 60 requests, each of another kind. */
export const requests: readonly RawRequest[] = [...answers, ...failures, ...heads, ...inputs, ...others]
