// Checked by `npm run typecheck`; nothing here runs.
import { Type } from '@sinclair/typebox'
import { constrain } from 'fastify-vintage'

const before = { name: Type.String(), nick: Type.Optional(Type.String()) }
const after = { name: Type.String({ maxLength: 5 }), nick: Type.Optional(Type.String({ maxLength: 5 })) }

constrain({ before, after, fit: ({ name, nick }) => nick === undefined ? { name } : { name, nick: nick.slice(0, 5) } })
// @ts-expect-error a name is text
constrain({ before, after, fit: () => ({ name: 1 }) })
// @ts-expect-error the name is missing
constrain({ before, after, fit: () => ({ nick: 'x' }) })
// @ts-expect-error there is no such field
constrain({ before, after, fit: ({ name }) => ({ name, extra: 1 }) })
// @ts-expect-error an optional field that is misspelt
constrain({ before, after, relax: ({ name }) => ({ name, nik: 'x' }) })
// @ts-expect-error may be absent
constrain({ before, after, fit: ({ name, nick }) => ({ name, nick: nick.slice(0, 5) }) })
