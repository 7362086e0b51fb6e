import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { createParcel } from '../model/create-parcel.js'
import { notices, Notice } from '../model/notice.js'
import { NewPricedParcel, PricedParcel } from '../model/parcel.js'
import { pricedParcels } from '../model/rows.js'

/** The routes as head knows them: two that the versions changed, one that they did not. */
export function registerHeadRoutes (app: FastifyInstance): void {
  const rows = pricedParcels()
  const all = notices()
  app.get('/parcels', { schema: { response: { 200: Type.Array(PricedParcel) } } }, async () => rows)
  app.get('/notices', { schema: { response: { 200: Type.Array(Notice) } } }, async () => all)
  app.post<{ Body: NewPricedParcel }>('/parcels', { schema: { body: NewPricedParcel, response: { 201: PricedParcel } } }, async ({ body }, reply) => {
    return await reply.code(201).send(createParcel(body))
  })
}
