import { Type } from '@sinclair/typebox'
import { buildCompilers } from '../../src/http/compilers.js'
import { deriveContracts, type Shape } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { historyOfParcels, VERSIONS_BEHIND, type HistoryKind } from '../model/history.js'
import { NewParcel, NewPricedParcel, Parcel, PricedParcel } from '../model/parcel.js'
import type { Behind } from './hand-written.js'

const PLACES = { list: 'GET /parcels 200', body: 'POST /parcels body' } as const

/** The shape of the list of parcels, or of the body of a new one, so many versions behind. */
export function shapeBehind (kind: HistoryKind, behind: Behind, part: keyof typeof PLACES): Shape {
  const [row, body] = kind === 'derivable' ? [Parcel, NewParcel] : [PricedParcel, NewPricedParcel]
  const places = new Map<string, typeof row | typeof body | ReturnType<typeof Type.Array>>([[PLACES.list, Type.Array(row)], [PLACES.body, body]])
  const contracts = deriveContracts(historyOf(historyOfParcels(kind)), { schemas: new Map(), places })
  const shape = contracts.shape(PLACES[part], VERSIONS_BEHIND - behind)
  if (shape === null) throw new Error(`${PLACES[part]} is as at head ${behind} versions behind`)
  return shape
}

/** The serialiser of a shape, as older clients get it. */
export function serializerOf (shape: Shape): (value: unknown) => string {
  return buildCompilers({ ajv: {}, serializer: {} }).serializerOf(shape)
}
