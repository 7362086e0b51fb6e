import type { FastifyInstance } from 'fastify'
import { shapeBehind } from '../chain/contracts.js'
import type { Behind } from '../chain/hand-written.js'
import * as functions1 from '../hand-written/functions-1.js'
import * as functions10 from '../hand-written/functions-10.js'
import * as functions50 from '../hand-written/functions-50.js'
import * as functions100 from '../hand-written/functions-100.js'
import { createParcel } from '../model/create-parcel.js'
import type { NewPricedParcel, PricedParcel } from '../model/parcel.js'
import { pricedParcels } from '../model/rows.js'

interface Mapping<Body> {
  downgradeList (rows: readonly PricedParcel[]): object[]
  upgradeBody (body: Body): Omit<NewPricedParcel, 'state'> & { state: string | undefined }
}

/** A version as a constraint of its routes; none where the server serves that version alone. */
export type Constraints = { readonly version: string } | undefined

/** The routes of one old version, as somebody would write them who had that version alone to serve. */
export function registerByHand (app: FastifyInstance, behind: Behind, constraints?: Constraints): void {
  switch (behind) {
    case 1: return register(app, functions1, behind, constraints)
    case 10: return register(app, functions10, behind, constraints)
    case 50: return register(app, functions50, behind, constraints)
    case 100: return register(app, functions100, behind, constraints)
  }
}

function register<Body> (app: FastifyInstance, { downgradeList, upgradeBody }: Mapping<Body>, behind: Behind, constraints: Constraints): void {
  const rows = pricedParcels()
  const { $id: _, ...list } = shapeBehind('functions', behind, 'list').schema
  const { $id: __, ...body } = shapeBehind('functions', behind, 'body').schema
  const one = { $defs: list.$defs, $ref: '#/$defs/Parcel' }
  const only = constraints === undefined ? {} : { constraints }
  app.get('/parcels', { ...only, schema: { response: { 200: list } } }, async () => downgradeList(rows))
  app.post('/parcels', { ...only, schema: { body, response: { 201: one } } }, async ({ body }, reply) => {
    if (!isBody<Body>(body)) throw new TypeError('validated already')
    const { state = 'created', ...others } = upgradeBody(body)
    return await reply.code(201).send(downgradeList([createParcel({ state, ...others })])[0])
  })
}

/** The validator of the route has seen to it; the compiler has not seen that. */
function isBody<Body> (body: unknown): body is Body {
  return typeof body === 'object'
}
