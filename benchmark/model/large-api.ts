import { Type, type TObject } from '@sinclair/typebox'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { add, change, remove, rename, variant, type Change } from 'fastify-vintage'

/** 60 schemas: 20 families of an order, its line and the product in it, three levels deep. */
export const FAMILIES = 20
/** The changes reach 12 families of 20, and so 60 % of the routes. */
const CHANGED_FAMILIES = 12
export const VERSIONS = 30
const CHANGES_A_VERSION = 3

/** The schemas of one family, outermost first. */
interface Family {
  readonly order: TObject
  readonly line: TObject
  readonly product: TObject
  readonly newOrder: TObject
  readonly orderPatch: TObject
}

const LEVELS = ['Order', 'Line', 'Product'] as const

function buildFamily (family: number): Family {
  const product = Type.Object({ id: Type.Integer(), ...fieldsOf('Product', family), price: Type.Number({ minimum: 0 }), is_fragile: Type.Boolean() }, { $id: `Product${family}` })
  const line = Type.Object({ id: Type.Integer(), ...fieldsOf('Line', family), product, quantity: Type.Integer({ minimum: 1, maximum: 1000 }) }, { $id: `Line${family}` })
  const order = Type.Object({ id: Type.Integer(), ...fieldsOf('Order', family), lines: Type.Array(line, { maxItems: 100 }), state: Type.Union([Type.Literal('open'), Type.Literal('paid'), Type.Literal('sent')]) }, { $id: `Order${family}` })
  const newOrder = variant(`NewOrder${family}`, order, (base) => Type.Omit(base, ['id'], { additionalProperties: false }))
  return { order, line, product, newOrder, orderPatch: variant(`OrderPatch${family}`, newOrder, (base) => Type.Partial(base, { additionalProperties: false })) }
}

/** Ten fields of a level; the names of the levels differ, so that none is taken for a twin of another. */
function fieldsOf (level: typeof LEVELS[number], family: number) {
  const prefix = `${level.toLowerCase()}${family}`
  return {
    [`${prefix}_a`]: Type.String({ maxLength: 200 }),
    [`${prefix}_b`]: Type.String({ maxLength: 200 }),
    [`${prefix}_c`]: Type.Integer(),
    [`${prefix}_d`]: Type.Optional(Type.Integer()),
    [`${prefix}_e`]: Type.String({ format: 'date-time' }),
    [`${prefix}_f`]: Type.Union([Type.String(), Type.Null()]),
    [`${prefix}_g`]: Type.Boolean(),
    [`${prefix}_h`]: Type.Array(Type.String())
  }
}

/** Values of those fields. */
function sampleOf (level: typeof LEVELS[number], family: number): Record<string, unknown> {
  const prefix = `${level.toLowerCase()}${family}`
  return {
    id: 1,
    [`${prefix}_a`]: 'Ada',
    [`${prefix}_b`]: 'Lovelace',
    [`${prefix}_c`]: 42,
    [`${prefix}_d`]: 43,
    [`${prefix}_e`]: '2026-11-01T10:00:00.000Z',
    [`${prefix}_f`]: null,
    [`${prefix}_g`]: true,
    [`${prefix}_h`]: ['a', 'b']
  }
}

/** The version at an index; 0 is the oldest. */
export function versionAt (index: number): string {
  return new Date(Date.UTC(2020 + Math.floor(index / 12), index % 12, 1)).toISOString().slice(0, 10)
}

/** 30 versions with three changes each but for the first: of every three, two renames, and a field that came or went. */
export function historyOfLargeApi (): Record<string, Change[]> {
  const newest = new Map<string, string>()
  const history: Array<[string, Change[]]> = []
  for (let index = VERSIONS - 1; index > 0; index--) {
    history.push([versionAt(index), Array.from({ length: CHANGES_A_VERSION }, (_, nth) => changeAt(index * CHANGES_A_VERSION + nth, newest))])
  }
  return Object.fromEntries([...history, [versionAt(0), []] as const].reverse())
}

function changeAt (serial: number, newest: Map<string, string>): Change {
  const family = serial % CHANGED_FAMILIES
  const level = LEVELS[Math.floor(serial / CHANGED_FAMILIES) % LEVELS.length] ?? 'Order'
  const target = `${level}${family}`
  const prefix = `${level.toLowerCase()}${family}`
  if (serial % 3 === 0) return change(`\`gone_${serial}\` is gone`, target, remove({ before: { [`gone_${serial}`]: Type.String() }, value: { [`gone_${serial}`]: '' } }))
  const field = `${prefix}_${serial % 3 === 1 ? 'a' : 'c'}`
  const newer = newest.get(field)
  if (newer === 'gone') return change(`\`gone_${serial}\` is gone`, target, remove({ before: { [`gone_${serial}`]: Type.String() }, value: { [`gone_${serial}`]: '' } }))
  // one in nine came with a version, and so has no older name
  if (serial % 9 === 4) {
    newest.set(field, 'gone')
    return change(`\`${newer ?? field}\` is new`, target, add({ after: { [newer ?? field]: Type.String() }, value: { [newer ?? field]: '' } }))
  }
  newest.set(field, `${field}_${serial}`)
  return change(`\`${field}_${serial}\` is now \`${newer ?? field}\``, target, rename({ [`${field}_${serial}`]: newer ?? field }))
}

const ErrorEnvelope = Type.Object({ error: Type.Object({ code: Type.String(), message: Type.String() }) }, { $id: 'ErrorEnvelope' })
const Id = Type.Object({ id: Type.Integer() })
const Query = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })), after: Type.Optional(Type.Integer()) })

/** 200 routes: ten for each family. */
export function registerLargeApi (app: FastifyInstance): void {
  for (let index = 0; index < FAMILIES; index++) registerFamily(app, `/orders${index}`, index)
}

function registerFamily (app: FastifyInstance, url: string, family: number): void {
  const { order, line, product, newOrder, orderPatch } = buildFamily(family)
  const aProduct = { ...sampleOf('Product', family), price: 1.5, is_fragile: false }
  const aLine = { ...sampleOf('Line', family), product: aProduct, quantity: 2 }
  const anOrder = { ...sampleOf('Order', family), lines: [aLine, aLine], state: 'open' }
  const page = Type.Object({ data: Type.Array(order), next: Type.Union([Type.Integer(), Type.Null()]) })
  const respond = (schema: unknown): FastifySchema['response'] => ({ 200: schema, '4xx': ErrorEnvelope })
  app.get(url, { schema: { querystring: Query, response: respond(page) } }, async () => ({ data: [anOrder, anOrder], next: null }))
  app.get(`${url}/latest`, { schema: { response: respond(order) } }, async () => anOrder)
  app.get(`${url}/:id`, { schema: { params: Id, response: respond(order) } }, async () => anOrder)
  app.post(url, { schema: { body: newOrder, response: respond(order) } }, async () => anOrder)
  app.put(`${url}/:id`, { schema: { params: Id, body: newOrder, response: respond(order) } }, async () => anOrder)
  app.patch(`${url}/:id`, { schema: { params: Id, body: orderPatch, response: respond(order) } }, async () => anOrder)
  app.get(`${url}/:id/lines`, { schema: { params: Id, querystring: Query, response: respond(Type.Array(line)) } }, async () => [aLine])
  app.get(`${url}/:id/lines/first`, { schema: { params: Id, response: respond(line) } }, async () => aLine)
  app.get(`${url}/:id/product`, { schema: { params: Id, response: respond(product) } }, async () => aProduct)
  app.post(`${url}/:id/copy`, { schema: { params: Id, response: respond(order) } }, async () => anOrder)
}
