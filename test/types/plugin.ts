// Checked by `npm run typecheck`; nothing here runs.
import Fastify from 'fastify'
import { expectAssignable, expectType } from 'tsd'
import vintage, { vintage as named, type Pin, type VersionSource, type VintageApp, type VintageOptions, type VintageRequest } from 'fastify-vintage'

const app = Fastify()

app.register(vintage, { versions: './versions' })
app.register(named, { versions: new URL('./versions/', import.meta.url), default: 'reject', match: 'earlier', coverage: 'warn' })
app.register(vintage, { versions: {}, pin: async (request) => request.headers.authorization ?? null, pinnedBy: ['cookie'] })

// @ts-expect-error the versions are missing
app.register(vintage, { default: '2024-01-01' })
// @ts-expect-error not one of the two
app.register(vintage, { versions: {}, match: 'latest' })
// @ts-expect-error a pin is text
app.register(vintage, { versions: {}, pin: () => 20240101 })

expectType<VintageApp>(app.vintage)
expectType<readonly string[]>(app.vintage.versions)
expectType<unknown>(app.vintage.migrate('User', {}, { to: '2024-01-01' }))
expectAssignable<Pin>(() => null)
expectAssignable<VintageOptions>({ versions: './versions' })

app.get('/user', { config: { vintage: { since: '2024-01-01', until: '2025-01-01' } } }, async (request) => {
  expectType<VintageRequest>(request.vintage)
  expectType<string>(request.vintage.version)
  expectType<VersionSource>(request.vintage.source)
  // @ts-expect-error it is resolved, not set
  request.vintage = { version: '2024-01-01', source: 'header' }
})
app.get('/health', { config: { vintage: false } }, async () => ({}))
