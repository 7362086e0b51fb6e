import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'

const Thing = Type.Object({ id: Type.Integer(), name: Type.String(), at: Type.Optional(Type.String({ format: 'date-time' })), tags: Type.Optional(Type.Array(Type.String())) })
const schema = { response: { 200: Thing } }
const thing = { id: 1, name: 'Zoë 愛', at: new Date(0), secret: 'not in the schema' }
const long = 'a line of text that compresses well\n'.repeat(100)

/** What handlers can answer. */
export async function addAnswers (app: FastifyInstance): Promise<void> {
  app.get('/thing', { schema }, async () => thing)
  app.get('/callback', { schema }, (_request, reply) => { reply.send(thing) })
  app.get('/later', { schema }, (_request, reply) => { setTimeout(() => reply.send(thing), 5) })
  app.get('/no-schema', async () => ({ any: [1, null, { deep: true }] }))
  app.get('/list', { schema: { response: { '2xx': Type.Array(Thing) } } }, async () => [thing, thing])
  app.get('/default', { schema: { response: { default: Thing } } }, async (_request, reply) => reply.code(418).send(thing))
  app.get('/uncovered', { schema }, async (_request, reply) => { reply.statusCode = 202; return { other: true } })
  app.get('/204', async (_request, reply) => reply.code(204).send())
  app.get('/204-body', async (_request, reply) => reply.code(204).send({ a: 1 }))
  app.get('/304', async (_request, reply) => reply.code(304).send())
  app.get('/null', { schema: { response: { 200: Type.Null() } } }, async () => null)
  app.get('/undefined', (_request, reply) => { reply.send(undefined) })
  app.get('/empty', async () => '')
  app.get('/text', async () => 'plain text')
  app.get('/html', async (_request, reply) => reply.type('text/html').send('<p>hello</p>'))
  app.get('/json-text', { schema }, async (_request, reply) => reply.type('application/json').send('{ "id" : 1,"name":"x" }'))
  app.get('/vendor-json', { schema }, async (_request, reply) => reply.type('application/vnd.thing+json').send(thing))
  app.get('/latin', async (_request, reply) => reply.type('application/json; charset=latin1').send({ a: 'é' }))
  app.get('/number', async (_request, reply) => reply.send(5))
  app.get('/boolean', { schema: { response: { 200: Type.Boolean() } } }, async () => false)
  app.get('/buffer', async () => Buffer.from([0, 255, 10]))
  app.get('/typed-array', async () => new Uint16Array([1, 2]))
  app.get('/stream', async (_request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b'])))
  app.get('/json-stream', { schema }, async (_request, reply) => reply.type('application/json').send(Readable.from(['{"a"', ':1}'])))
  app.get('/web-stream', async (_request, reply) => reply.send(new Response('web').body))
  app.get('/response', async () => new Response('{"fetched":true}', { status: 201, headers: { 'x-from': 'fetch', 'content-type': 'application/json' } }))
  app.get('/events', async (_request, reply) => reply.type('text/event-stream').send(Readable.from(['data: 1\n\n', 'data: 2\n\n'])))
  app.get('/hijacked', (_request, reply) => { reply.hijack(); reply.raw.end('raw') })
  app.get('/trailers', async (_request, reply) => reply.trailer('x-sum', (_reply, payload, done) => done(null, String(payload).length.toString())).send({ a: 1 }))
  app.get('/redirect', async (_request, reply) => reply.redirect('/answers/thing'))
  app.get('/range', async (request, reply) => sendRange(reply, request.headers.range))
  app.get('/long', async (_request, reply) => reply.type('application/json').send({ long }))
  app.get('/compress', async (_request, reply) => reply.type('application/json').compress(Buffer.from(long)))
  app.get('/compress-stream', async (_request, reply) => reply.type('text/plain').compress(Readable.from([long])))
  app.get('/content-map', { schema: { response: { 200: { content: { 'application/json': { schema: Thing }, 'text/csv': { schema: Type.String() } } } } } }, async ({ headers }, reply) => headers.accept === 'text/csv' ? await reply.type('text/csv').send('1,x') : thing)
  app.get('/cookies', async (_request, reply) => reply.header('set-cookie', 'a=1').header('set-cookie', 'b=2').send({ a: 1 }))
  app.get('/vary', async (_request, reply) => reply.header('vary', 'Origin, Accept').send({ a: 1 }))
  app.get('/vary-all', async (_request, reply) => reply.header('vary', '*').send({ a: 1 }))
  app.get('/own-serializer', { schema }, async (_request, reply) => reply.type('application/json').serializer((value: unknown) => `own ${JSON.stringify(value)}`).send(thing))
  app.get('/serialize', { schema }, async (_request, reply) => reply.type('application/json').send(reply.serialize(thing)))
  app.get('/serializer-compiler', { schema, serializerCompiler: () => (value) => JSON.stringify([value]) }, async () => thing)
  app.head('/only-head', async (_request, reply) => reply.header('x-head', 'yes').send())
  app.get('/no-head', { exposeHeadRoute: false }, async () => ({ a: 1 }))
  app.options('/thing', async () => ({ options: true }))
  app.route({ method: ['PUT', 'DELETE'], url: '/thing', schema, handler: async () => thing })
  app.get('/', async () => ({ root: true }))
  app.get('/files/*', async ({ params }) => params)
  app.get('/:id(^\\d+$)', async ({ params }) => params)
  app.get('/host', { constraints: { host: 'b.example' } }, async () => ({ host: 'b' }))
  app.get('/changed-by-hook', { preSerialization: async (_request, _reply, payload) => ({ ...Object(payload), name: 'hook' }), onSend: async (_request, _reply, payload) => `${String(payload)} ` }, async () => thing)
}

async function sendRange (reply: FastifyReply, range: string | undefined): Promise<FastifyReply> {
  const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? '')
  if (match === null) return await reply.type('text/plain').send(long)
  const [from, to] = [Number(match[1]), Number(match[2])]
  return await reply.code(206).header('content-range', `bytes ${from}-${to}/${long.length}`).type('text/plain').send(Buffer.from(long.slice(from, to + 1)))
}
