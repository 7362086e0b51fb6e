// Checked by `npm run typecheck`; nothing here runs.
import { Type } from '@sinclair/typebox'
import Fastify, { type LightMyRequestResponse } from 'fastify'
import { expectType } from 'tsd'
import { replace } from 'fastify-vintage'
import { clients, laws, type VersionClient, type Violation } from 'fastify-vintage/testing'
import type { Versions } from '../../versions/types.js'

const app = Fastify()

// the shapes of every version can be named
expectType<{ created: string, email: string, first_name: string, id: number, last_name: string, ver: number }>({} as Versions['2024-01-01']['User'])
expectType<{ created_at: string, email: string, full_name: string, id: number, ver: number }>({} as Versions['2026-11-01']['User'])
expectType<Versions['2024-09-01']['User'][]>({} as Versions['2024-09-01']['GET /users 200']['data'])

const { '2024-01-01': old, head } = clients<keyof Versions>(app)
expectType<VersionClient>(old)
expectType<Promise<LightMyRequestResponse>>(head.get('/users/1'))
expectType<Promise<LightMyRequestResponse>>(old.post('/users', { first_name: 'Ada' }, { headers: { authorization: 'x' } }))
// @ts-expect-error no version of this API
expectType<VersionClient>(clients<keyof Versions>(app)['2023-01-01'])
expectType<Promise<readonly Violation[]>>(laws(app, { runs: 10, seed: 1 }))

// what `upgrade` and `downgrade` return has the fields of the other side, and no others
const before = { first_name: Type.String(), nick: Type.Optional(Type.String()) }
const after = { full_name: Type.String(), alias: Type.Optional(Type.String()) }
replace({ before, after, upgrade: ({ first_name, nick }) => ({ full_name: first_name, ...(nick === undefined ? {} : { alias: nick }) }), downgrade: ({ full_name }) => ({ first_name: full_name }) })
// @ts-expect-error of another type
replace({ before, after, upgrade: () => ({ full_name: 1 }) })
// @ts-expect-error missing
replace({ before, after, upgrade: ({ nick }) => ({ alias: nick ?? '' }) })
// @ts-expect-error extra
replace({ before, after, upgrade: ({ first_name }) => ({ full_name: first_name, more: 1 }) })
// @ts-expect-error an optional field, misspelt
replace({ before, after, upgrade: ({ first_name }) => ({ full_name: first_name, alais: first_name }) })
// @ts-expect-error an optional field of the older side, misspelt
replace({ before, after, downgrade: ({ full_name }) => ({ first_name: full_name, nik: full_name }) })
// @ts-expect-error there is no such field to read
replace({ before, after, upgrade: ({ last_name }) => ({ full_name: last_name }) })
