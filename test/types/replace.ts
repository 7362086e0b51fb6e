// Checked by `npm run typecheck`; nothing here runs.
import type { FastifyRequest } from 'fastify'
import { Type } from '@sinclair/typebox'
import { expectType } from 'tsd'
import { replace } from 'fastify-vintage'

const before = { first: Type.String(), middle: Type.Optional(Type.String()) }
const after = { full: Type.String(), title: Type.Optional(Type.String()) }

replace({ before, after, upgrade: ({ first, middle }) => ({ full: `${first} ${middle ?? ''}` }), downgrade: ({ full }) => ({ first: full }) })
replace({ before, after, upgrade: ({ first }) => ({ full: first, title: 'Dr' }), downgrade: ({ full, title }) => title === undefined ? { first: full } : { first: full, middle: title } })

// @ts-expect-error A37 a field is missing
replace({ before, after, upgrade: () => ({}), downgrade: ({ full }) => ({ first: full }) })
// @ts-expect-error A37 a field of the wrong type
replace({ before, after, upgrade: () => ({ full: 1 }), downgrade: ({ full }) => ({ first: full }) })
// @ts-expect-error A37 a field that the newer version does not have
replace({ before, after, upgrade: ({ first }) => ({ full: first, extra: 1 }), downgrade: ({ full }) => ({ first: full }) })
// @ts-expect-error A37 an optional field, misspelt
replace({ before, after, upgrade: ({ first }) => ({ full: first, titel: 'Dr' }), downgrade: ({ full }) => ({ first: full }) })
// @ts-expect-error A37 an optional field of the older version, misspelt
replace({ before, after, downgrade: ({ full }) => ({ first: full, midle: '' }) })
// @ts-expect-error A37 an optional field of the wrong type
replace({ before, after, downgrade: ({ full }) => ({ first: full, middle: 7 }) })
// @ts-expect-error A37 in one of two ways out only
replace({ before, after, upgrade: ({ first }) => first === '' ? { full: first } : { full: first, titel: 'Dr' } })
// @ts-expect-error a field that is not read from this version
replace({ before, after, upgrade: ({ last }) => ({ full: last }) })
// @ts-expect-error a function is synchronous
replace({ before, after, upgrade: async ({ first }) => ({ full: first }) })

replace({
  before: { company: Type.String() },
  after: { company_id: Type.Integer() },
  load: {
    key: ({ company_id: id }) => id,
    many: async (ids, { request }) => {
      expectType<number[]>(ids)
      expectType<FastifyRequest | undefined>(request)
      return new Map(ids.map((id) => [id, { name: String(id) }]))
    }
  },
  downgrade: ({ company_id: id }, company) => {
    expectType<number>(id)
    expectType<{ name: string } | undefined>(company)
    return { company: company?.name ?? '' }
  }
})
replace({
  before,
  after,
  load: { key: ({ title }) => title ?? null, many: async (titles) => new Map(titles.map((title) => [title, title.length])) },
  downgrade: ({ full }, length) => {
    expectType<number | undefined>(length)
    return { first: full }
  }
})
// @ts-expect-error A37 what is looked up does not widen what may be returned
replace({ before, after, load: { key: ({ full }) => full, many: async (names) => new Map(names.map((name) => [name, 1])) }, downgrade: ({ full }) => ({ first: full, extra: 1 }) })
// @ts-expect-error the keys of the Map are those that are asked for
replace({ before, after, load: { key: ({ full }) => full, many: async () => new Map([[1, 1]]) }, downgrade: ({ full }) => ({ first: full }) })
// @ts-expect-error nothing is looked up without `load`
replace({ before, after, downgrade: ({ full }, name) => ({ first: `${full}${name.length}` }) })
