import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { buildTwin } from './differential/app.js'
import { sendRaw, type RawResponse } from './differential/raw-request.js'
import { requests } from './differential/requests.js'
import { V0, V1, V2 } from './shop.js'

// by header, and by default
const clients = [V2, V1, V0, null]

t.test('the matrix is as large as it is said to be', async (t) => {
  t.ok(requests.length >= 60, `${requests.length} requests`)
  t.equal(new Set(requests.map(({ name }) => name)).size, requests.length)
})

for (const place of ['first', 'last'] as const) {
  t.test(`with the plugin registered ${place}, and no change reaching a route, every client gets what it would get without it`, async (t) => {
    const [plain, versioned] = await Promise.all([buildTwin('none'), buildTwin(place)])
    t.teardown(() => Promise.all([plain.close(), versioned.close()]))
    const [plainPort = 0, versionedPort = 0] = [plain, versioned].map(portOf)
    for (const request of requests) {
      const expected = compared(await sendRaw(plainPort, request))
      for (const version of clients) {
        const headers = version === null ? request.headers ?? {} : { ...request.headers, 'api-version': version }
        const got = compared(await sendRaw(versionedPort, { ...request, headers }))
        t.same(got, expected, `${request.name} at ${version ?? 'the default'}`)
      }
    }
  })
}

function portOf (app: FastifyInstance): number {
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A response less our own headers and the clock. */
function compared ({ status, headers, bytes }: RawResponse): unknown {
  const kept = new Map(headers)
  for (const name of ['date', 'api-version']) kept.delete(name)
  const vary = kept.get('vary')?.split(',').map((name) => name.trim()).filter((name) => name !== 'api-version').join(', ') ?? ''
  kept.delete('vary')
  if (vary !== '') kept.set('vary', vary)
  return { status, headers: Object.fromEntries([...kept].sort()), bytes }
}
