import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import vintage, { change, rename, replace, variant, type VintageOptions } from 'fastify-vintage'

export const V0 = '2000-01-01'
export const V1 = '2001-01-01'
export const V2 = '2002-01-01'

/** Head's user; at V1 it has two names, at V0 its `login` is a `nick` as well. */
export const User = Type.Object({ id: Type.Integer(), login: Type.String(), full_name: Type.String() }, { $id: 'User' })
export const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id']))
export const UserPatch = variant('UserPatch', User, (user) => Type.Partial(Type.Omit(user, ['id'])))

export const ada = Object.freeze({ id: 1, login: 'ada', full_name: 'Ada Lovelace' })
export const adaAt = {
  [V0]: { id: 1, nick: 'ada', first_name: 'Ada', last_name: 'Lovelace' },
  [V1]: { id: 1, login: 'ada', first_name: 'Ada', last_name: 'Lovelace' },
  [V2]: { id: 1, login: 'ada', full_name: 'Ada Lovelace' }
}

/** C1 came with V1, C2 with V2. */
export const C1 = change('`nick` is now `login`', 'User', rename({ nick: 'login' }))
export const C2 = change('`full_name` replaces two names', 'User', replace({
  before: { first_name: Type.String(), last_name: Type.String() },
  after: { full_name: Type.String() },
  upgrade: ({ first_name, last_name }) => ({ full_name: `${first_name} ${last_name}`.trim() }),
  downgrade: ({ full_name }) => ({ first_name: full_name.split(' ')[0] ?? '', last_name: full_name.split(' ').slice(1).join(' ') }),
  lossy: { why: 'the first name may hold a space' }
}))

export const versions = { [V0]: [], [V1]: [C1], [V2]: [C2] }

/** An app with the plugin, before its routes; V0 is the default. */
export async function buildApp (t: Test, options: Partial<VintageOptions> = {}, server: FastifyServerOptions = {}) {
  const app = Fastify(server)
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0, ...options })
  return app
}

/** A log whose lines can be read. */
export function collectLog () {
  const lines: Array<Record<string, unknown>> = []
  return { lines, logger: { level: 'warn', stream: { write (line: string) { lines.push(JSON.parse(line)) } } } }
}

/** The headers of a request at a version. */
export function at (version: string): { headers: Record<string, string> } {
  return { headers: { 'api-version': version } }
}
